import { useTranslation } from 'react-i18next';

import type { AuditAction, AuditEntry } from '../../api/client';
import { settingText } from '../../ui/detail';
import { printOf } from '../../ui/fingerprint';
import { wordOf } from '../../ui/i18n';
import { useTimeText } from '../../ui/site';
import type { Words } from '../../ui/words/en';
import { en } from '../../ui/words/en';
import { roleNameOf } from '../accounts/role_words';
import { useWeekText } from '../permissions/week_text';

type Verbs = Words['audit_actions'];
type Said = { [Kind in keyof Verbs]: `${Kind}.${keyof Verbs[Kind] & string}` }[keyof Verbs];

/** Neither line compiles unless the actions of the contract and those that have words are the same. */
export const actions: AuditAction[] = Object.entries(en.audit_actions).flatMap(([kind, verbs]) =>
  Object.keys(verbs).map((verb) => `${kind}.${verb}`),
) as Said[];
export const wordOfAction = (action: AuditAction): string => wordOf('audit_actions', action satisfies Said);

export interface Change {
  member: string;
  before: unknown;
  after: unknown;
}

const own_times = ['id', 'created_at', 'changed_at'];

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false || sizeOf(value) === 0;
}

function sizeOf(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

/** What is in one list and not in the other. */
function without(list: unknown, other: unknown): unknown {
  if (!Array.isArray(list) || !Array.isArray(other)) return list;
  const there = new Set(other.map((one) => JSON.stringify(one)));
  return list.filter((one) => !there.has(JSON.stringify(one)));
}

/** The members that changed; of something new or gone, those that say anything. */
export function changesOf({ before, after, subject }: AuditEntry): Change[] {
  const named = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const whole = before === null || after === null;
  return [...named]
    .filter((member) => !own_times.includes(member))
    .map((member) => ({ member, before: before?.[member], after: after?.[member] }))
    .filter(({ member, before: was, after: is }) => {
      if (!whole) return true;
      if (member === 'name' && subject?.name === (was ?? is)) return false;
      return member === 'taken' || !isEmpty(was) || !isEmpty(is);
    })
    .map((change) =>
      change.member === 'week'
        ? change
        : {
            ...change,
            before: without(change.before, change.after),
            after: without(change.after, change.before),
          },
    );
}

const isNamed = (value: unknown): value is { id: string; name: string } =>
  typeof value === 'object' && value !== null && 'id' in value && 'name' in value && value.name !== null;

const groups: Record<string, string> = {
  type: 'person_types',
  effect: 'group_effects',
  command: 'commands',
  answer: 'audit_values.answer',
  unlock_mode: 'unlock_modes',
  passback: 'audit_values.passback',
  blocks: 'audit_values.blocks',
  refused: 'problems',
  problem: 'outside',
  language: 'audit_values.language',
  outcome: 'audit_values.outcome',
  details: 'person_columns',
  photo: 'audit_values.secret',
  picture: 'audit_values.secret',
  privacy_notice: 'audit_values.secret',
  pin: 'audit_values.secret',
  password: 'audit_values.secret',
  second_factor: 'audit_values.second_factor',
  staying_signed_in: 'audit_values.staying',
};

/** Whose words the values of a filter of events are. */
const filter_groups: Record<string, string> = { kind: 'kinds', result: 'results', reason: 'reasons' };

/** A value of a member as a reader knows it: a name, a word, a time of the site. */
export function useValueText(): (member: string, value: unknown) => string {
  const { t } = useTranslation();
  const timeText = useTimeText();
  const weekText = useWeekText();
  const one = (member: string, value: unknown): string => {
    if (value === undefined || (value === null && member !== 'template')) return '–';
    if (value === null) return t('common.always');
    if (member === 'detector') return settingText('detector', value === true ? 'on' : 'off');
    if (typeof value === 'boolean') return t(value ? 'audit_values.yes' : 'audit_values.no');
    if (member === 'valid_from' || member === 'valid_to') return timeText(String(value));
    if (member === 'search') return searchText(String(value));
    if (member === 'week') return weekText({ week: value as never });
    if (Array.isArray(value)) return value.map((item) => one(member, item)).join(', ') || '–';
    if (member === 'rights') return rightsText(value);
    if (member === 'role' && isNamed(value)) return roleNameOf(value);
    if (typeof value === 'object') return objectText(value);
    if (member === 'fingerprint') return printOf(String(value)) || '–';
    const group = groups[member];
    return group === undefined ? settingText(member, String(value)) : wordOf(group, String(value));
  };
  const cardText = (card: { type: unknown; status?: unknown }): string => {
    const type = wordOf('card_types', String(card.type));
    // Entries from before cards had a state have none.
    if (card.status === undefined || card.status === 'active') return type;
    return `${type}, ${wordOf('card_statuses', String(card.status))}`;
  };
  const rightsText = (rights: object): string =>
    Object.entries(rights)
      .filter(([, level]) => level !== 'none')
      .map(([name, level]) =>
        t('common.named', { name: wordOf('functions', name), value: wordOf('right_levels', String(level)) }),
      )
      .join('; ') || wordOf('right_levels', 'none');
  /** The address of a list of events, such as `from=2026-03-28T23:10:00Z&kind=access`. */
  const searchText = (search: string): string =>
    [...new URLSearchParams(search)]
      .map(([name, value]) => {
        const words = value.split(',').map((one) => wordOf(filter_groups[name] ?? '', one));
        const text = name === 'from' || name === 'to' ? timeText(value) : words.join(', ');
        return t('common.named', { name: wordOf('audit_filters', name), value: text });
      })
      .join(', ') || '–';
  const objectText = (value: object): string => {
    if ('needed' in value && 'people' in value)
      return t('audit_values.group', { needed: Number(value.needed), people: one('people', value.people) });
    if ('then' in value && 'people' in value) {
      const then = wordOf('rules', String(value.then));
      const when = 'template' in value ? ` (${one('template', value.template)})` : '';
      return t('audit_values.first', { people: one('people', value.people), then }) + when;
    }
    if ('unlock_mode' in value && 'template' in value)
      return t('common.named', {
        name: one('template', value.template),
        value: wordOf('unlock_modes', String(value.unlock_mode)),
      });
    if ('direction' in value && 'door' in value) {
      const side = value.direction === 'entry' ? 'rules.at_entry' : 'rules.at_exit';
      return t(side, { door: one('door', value.door) });
    }
    if ('count' in value) return t('audit.count', { count: Number(value.count) });
    if ('from' in value && 'to' in value) return `${String(value.from)}–${String(value.to)}`;
    if ('number' in value && 'type' in value) return `${String(value.number)} (${cardText(value)})`;
    if ('id' in value) return String('name' in value && value.name !== null ? value.name : value.id);
    return JSON.stringify(value);
  };
  return one;
}
