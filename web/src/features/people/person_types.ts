export const person_types = ['general', 'vip', 'guest', 'patrol', 'blocklist', 'extended_time'] as const;
