// Doors that ask an operator.
export const enDevices = {
  verification: {
    title: 'Doors that ask an operator',
    asks: '{{door}} asks',
    somebody: 'Somebody whom you may not see',
    photo: 'Photo of {{name}}',
    seconds: '{{count}} s',
    grant: 'Grant',
    deny: 'Deny',
    hint: 'Without an answer in time the door stays closed.',
    more_one: '{{count}} more door waits',
    more_other: '{{count}} more doors wait',
    granted: 'Granted by {{by}}',
    denied: 'Denied by {{by}}',
    unanswered: 'Nobody answered in time: the door stayed closed.',
    withdrawn: 'The door does not wait any more.',
    flags: {
      duress: 'Under duress',
      vip: 'VIP',
      anti_passback: 'Passed twice in the same direction',
      facility_only: 'Known by the facility code only',
    },
    setting: 'Ask an operator for',
    setting_none: 'Nobody is asked',
    setting_hint: 'Who may come in waits so long for an operator; without an answer the door stays closed.',
  },
};
