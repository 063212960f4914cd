// The filters of the events page are its address: what one sees can be sent to somebody else.
import type { Event, EventKind, Reason } from '../../api/client';
import { startOfDay } from '../../ui/time';

export const ranges = ['1h', 'today', '24h', '7d', '30d'] as const;
export type RangeName = (typeof ranges)[number];

export interface Filters {
  range: RangeName | 'custom';
  from: string | null; // for custom
  to: string | null;
  door: string[];
  person: string[];
  department: string | null;
  kind: EventKind[];
  result: 'granted' | 'denied' | null;
  reason: Reason[];
  card: string | null;
}

const default_range: RangeName = '24h';

export function filtersOf(search: URLSearchParams): Filters {
  const many = (name: string) => (search.get(name) ?? '').split(',').filter((part) => part !== '');
  const instant = (name: string) => {
    const text = search.get(name);
    return text !== null && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : null;
  };
  const [from, to] = [instant('from'), instant('to')];
  const named = ranges.find((range) => range === search.get('range'));
  const result = search.get('result');
  const card = (search.get('card') ?? '').toUpperCase();
  return {
    range: from !== null && to !== null && from < to ? 'custom' : (named ?? default_range),
    from,
    to,
    door: many('door'),
    person: many('person'),
    department: search.get('department') || null,
    kind: many('kind') as EventKind[],
    result: result === 'granted' || result === 'denied' ? result : null,
    reason: many('reason') as Reason[],
    card: /^[0-9A-F]{1,16}$/.test(card) ? card : null,
  };
}

export function addressOf(filters: Filters): Record<string, string> {
  const address: Record<string, string> = {};
  if (filters.range === 'custom' && filters.from && filters.to) {
    address.from = filters.from;
    address.to = filters.to;
  } else if (filters.range !== default_range) {
    address.range = filters.range;
  }
  for (const name of ['door', 'person', 'kind', 'reason'] as const) {
    if (filters[name].length > 0) address[name] = filters[name].join(',');
  }
  if (filters.department) address.department = filters.department;
  if (filters.result) address.result = filters.result;
  if (filters.card) address.card = filters.card;
  return address;
}

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;

/** The instants that the filters mean when it is `now`; the end is a little later: clocks of doors differ. */
export function spanOf(filters: Filters, now: Date, zone: string): { from: string; to: string } {
  if (filters.range === 'custom') return { from: filters.from!, to: filters.to! };
  const to = new Date(now.getTime() + 5 * minute_ms);
  const since = {
    '1h': () => new Date(now.getTime() - hour_ms),
    today: () => startOfDay(now, zone),
    '24h': () => new Date(now.getTime() - 24 * hour_ms),
    '7d': () => startOfDay(now, zone, -6),
    '30d': () => startOfDay(now, zone, -29),
  };
  return { from: since[filters.range]().toISOString(), to: to.toISOString() };
}

/** The query of /events and /events/histogram. */
export function queryOf(filters: Filters, span: { from: string; to: string }) {
  return {
    ...span,
    ...(filters.door.length > 0 ? { door: filters.door } : {}),
    ...(filters.person.length > 0 ? { person: filters.person } : {}),
    ...(filters.department ? { department: [filters.department] } : {}),
    ...(filters.kind.length > 0 ? { kind: filters.kind } : {}),
    ...(filters.reason.length > 0 ? { reason: filters.reason } : {}),
    ...(filters.result ? { result: filters.result } : {}),
    ...(filters.card ? { card: filters.card } : {}),
  };
}

/** The query of the list: what a door tells whose clock is ahead belongs to "the last hour" as well. */
export function listQueryOf(
  filters: Filters,
  query: ReturnType<typeof queryOf>,
): Omit<ReturnType<typeof queryOf>, 'to'> & { to?: string } {
  const { to, ...open } = query;
  return filters.range === 'custom' ? { ...open, to } : open;
}

/** Whether an event that comes now would be listed; `departments` are the one asked for and those below. */
export function fits(event: Event, filters: Filters, departments: ReadonlySet<string>): boolean {
  const among = (list: readonly string[], value: string | null | undefined) =>
    list.length === 0 || (value !== null && value !== undefined && list.includes(value));
  return (
    filters.range !== 'custom' &&
    among(filters.door, event.door_id) &&
    among(filters.person, event.person?.id) &&
    (filters.department === null || departments.has(event.person?.department_id ?? '')) &&
    among(filters.kind, event.kind) &&
    among(filters.reason, event.reason) &&
    (filters.result === null || filters.result === event.result) &&
    (filters.card === null || filters.card.padStart(8, '0') === event.card)
  );
}
