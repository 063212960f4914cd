// The detail of an event: a term and its values, as the controller wrote them (src/core/record/detail.hpp).
import i18next from 'i18next';

import { wordOf } from './i18n';

export interface Detail {
  term: string;
  values: Record<string, string>;
}

const value_at = / ([a-z][a-z0-9_]*)=(?:([\w.:-]+)|"((?:[^"\\]|\\["\\]|\\x[0-9a-f]{2})*)")/y;

/** Null for what is no detail, such as the free text of an old record. */
export function detailOf(text: string): Detail | null {
  const term = /^[a-z][a-z0-9_]*/.exec(text)?.[0];
  if (term === undefined) return null;
  const values: Record<string, string> = {};
  for (let at = term.length; at < text.length; at = value_at.lastIndex) {
    value_at.lastIndex = at;
    const found = value_at.exec(text);
    if (found === null) return null;
    values[found[1]!] = found[2] ?? unescaped(found[3]!);
  }
  return { term, values };
}

function unescaped(quoted: string): string {
  return quoted.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Values whose words the contract has already. */
const groups: Record<string, string> = {
  command: 'commands',
  mode: 'door_states',
  setting: 'setting_names',
  unlock_mode: 'unlock_modes',
};

/** The value of a setting in words: "10 s", "Card and PIN". */
export function settingText(setting: string, value: string): string {
  const unit = `units.${setting}`;
  if (i18next.exists(unit)) return String(i18next.t(unit as never, { value } as never));
  return wordOf(groups[setting] ?? `detail_words.${setting}`, value);
}

/** An operator of whoever is signed in at the controller with an account, or that account alone. */
function byText(by: string): string {
  const operator = /^[^:]*: (.+)$/.exec(by)?.[1];
  const word = wordOf('detail_words.by', operator ?? by);
  return operator !== undefined || word !== by
    ? word
    : String(i18next.t('details_by_account', { account: by }));
}

/** In the language of the page; a term that is newer than it, and old free text, as it stands. */
export function detailText(text: string): string {
  const detail = detailOf(text);
  if (detail === null || !i18next.exists(`details.${detail.term}`)) return text;
  const { setting } = detail.values;
  const words = Object.entries(detail.values).map(([name, value]) => [
    name,
    name === 'by'
      ? byText(value)
      : settingText(setting !== undefined && (name === 'to' || name === 'from') ? setting : name, value),
  ]);
  return String(i18next.t(`details.${detail.term}` as never, Object.fromEntries(words) as never));
}
