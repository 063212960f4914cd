// What a rule of the decision looked at, in words: a number of the controller (src/core/record/record.hpp).
import i18next from 'i18next';

import { wordOf } from '../../ui/i18n';

/** The values of the core's enums, in its order, and where their words are. */
export const enums: Record<string, { words: string; values: string[] }> = {
  unlock_mode: {
    words: 'unlock_modes',
    values: ['card', 'card_and_pin', 'user_and_pin', 'card_or_user_and_pin'],
  },
  door_mode: { words: 'door_states', values: ['normal', 'always_open', 'always_closed', 'lockdown'] },
};

const of_schedules = ['deny_rights', 'rights', 'schedule', 'first_card'];
const always = '255';
const outside = '0';

function keyOf(rule: string, detail: string): string {
  if (of_schedules.includes(rule)) return detail === always ? 'always' : 'schedule';
  return rule === 'anti_passback' && detail === outside ? 'outside' : rule;
}

/** What is no number, and what a rule that is newer than this page looked at, stands as it came. */
export function traceDetail(rule: string, detail: string): string {
  if (!/^\d+$/.test(detail)) return detail;
  const value = enums[rule]?.values[Number(detail)];
  if (value !== undefined) return wordOf(enums[rule]!.words, value);
  const named = i18next.t(
    `trace_details.${keyOf(rule, detail)}` as never,
    {
      value: detail,
      count: Number(detail),
      defaultValue: detail,
    } as never,
  );
  return String(named);
}
