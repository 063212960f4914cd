// What the list of live events is about: some kinds, all devices but those that were stopped, a department.
import { useEffect, useMemo, useState } from 'react';

import type { Device, Event, EventKind } from '../../api/client';
import { en } from '../../ui/words/en';

export interface StreamFilter {
  kinds: EventKind[];
  /** Ids of devices whose events do not come. */
  stopped: string[];
  department: string | null;
}

export const everything: StreamFilter = { kinds: [], stopped: [], department: null };
export const all_kinds = Object.keys(en.kinds) as EventKind[];

/** Kinds that are chosen together. */
export const kind_groups: Record<'all' | 'access' | 'alarm', EventKind[]> = {
  all: [],
  access: ['access', 'patrol'],
  alarm: ['alarm_started', 'alarm_ended'],
};
export type KindGroup = keyof typeof kind_groups;

export function groupOf(kinds: readonly EventKind[]): KindGroup | undefined {
  const wanted = [...kinds].sort().join();
  return (Object.keys(kind_groups) as KindGroup[]).find(
    (group) => [...kind_groups[group]].sort().join() === wanted,
  );
}

/** The part of the site that is looked at: its doors, and the controllers whose own events belong to it. */
export interface Reach {
  doors: ReadonlySet<string>;
  devices: ReadonlySet<string>;
}

/**
 * Whether an event belongs to the list; `departments`: the one that is asked for, and those below it; `reach`
 * null: the whole site.
 */
export function passes(
  event: Event,
  filter: StreamFilter,
  departments: ReadonlySet<string>,
  reach: Reach | null = null,
): boolean {
  return (
    (reach === null ||
      (event.door_id === null ? reach.devices.has(event.device_id) : reach.doors.has(event.door_id))) &&
    (filter.kinds.length === 0 || filter.kinds.includes(event.kind)) &&
    !filter.stopped.includes(event.device_id) &&
    (filter.department === null || departments.has(event.person?.department_id ?? ''))
  );
}

const most_ids = 100;

/** The query of /events for what was before the page; null: nothing can be in the list. */
export function pastQueryOf(filter: StreamFilter, devices: readonly Device[], reach: Reach | null = null) {
  const all = reach === null ? devices.map((device) => device.id) : [...reach.devices];
  const going = all.filter((id) => !filter.stopped.includes(id));
  const oneDoor = reach !== null && reach.devices.size === 0;
  const chosen = (filter.stopped.length > 0 || reach !== null) && !oneDoor;
  if (oneDoor ? reach.doors.size === 0 : chosen && going.length === 0) return null;
  return {
    limit: 500,
    ...(filter.kinds.length > 0 ? { kind: filter.kinds } : {}),
    ...(chosen && going.length <= most_ids ? { device: going } : {}),
    ...(oneDoor ? { door: [...reach.doors] } : {}),
    ...(filter.department === null ? {} : { department: [filter.department] }),
  };
}

const stored_as = 'sallyport.live';

export function stored(text: string | null): StreamFilter {
  try {
    const known = JSON.parse(text ?? '{}') as Partial<StreamFilter>;
    return {
      kinds: (known.kinds ?? []).filter((kind) => all_kinds.includes(kind)),
      stopped: known.stopped ?? [],
      department: known.department ?? null,
    };
  } catch {
    return everything;
  }
}

/** Kept while the tab is open. */
export function useStreamFilter() {
  const [filter, setFilter] = useState(() => stored(sessionStorage.getItem(stored_as)));
  useEffect(() => sessionStorage.setItem(stored_as, JSON.stringify(filter)), [filter]);
  return useMemo(
    () => ({
      filter,
      change: (changed: Partial<StreamFilter>) => setFilter((before) => ({ ...before, ...changed })),
    }),
    [filter],
  );
}
