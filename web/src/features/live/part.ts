// Which part of the site Live is about: an area with those below it, a controller, or one door.
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

import type { Door } from '../../api/client';
import { useDevices, useDoors } from '../../api/queries';
import { below, by_name } from '../organisation/branches';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import type { Reach } from './stream_filter';

const kinds = ['area', 'device', 'only'] as const;
export interface Part {
  kind: (typeof kinds)[number];
  id: string;
}

/** The address says which part it is; null: the whole site. */
export function usePart() {
  const [search, setSearch] = useSearchParams();
  const kind = kinds.find((one) => search.has(one)) ?? null;
  const id = kind === null ? null : search.get(kind);
  const { branches } = useTree('areas');
  const doors = useDoors();
  const devices = useDevices(useMay('devices', 'view'));
  const part = useMemo<Part | null>(() => (kind === null || id === null ? null : { kind, id }), [kind, id]);
  const within = useMemo(
    () => (part?.kind === 'area' ? below(branches, part.id) : new Set<string>()),
    [part, branches],
  );
  const holds = useCallback(
    (door: Door) => {
      if (part === null) return true;
      if (part.kind === 'area') return door.area_id !== null && within.has(door.area_id);
      return (part.kind === 'device' ? door.device_id : door.id) === part.id;
    },
    [part, within],
  );
  const choose = useCallback(
    (to: Part | null) => setSearch(to === null ? {} : { [to.kind]: to.id }, { replace: true }),
    [setSearch],
  );
  const named: { id: string; name: string }[] | undefined =
    part?.kind === 'area'
      ? branches.map((branch) => ({ id: branch.id, name: branch.path }))
      : part?.kind === 'device'
        ? devices.data
        : doors.data;
  const name = part === null ? '' : (named?.find((one) => one.id === part.id)?.name ?? '');
  // Doors change with every state: what the events are about changes only with who belongs to the part.
  const held = part === null ? [] : (doors.data ?? []).filter(holds);
  const doorIds = held.map((door) => door.id).join();
  const deviceIds =
    part === null || part.kind === 'only' ? '' : [...new Set(held.map((door) => door.device_id))].join();
  const reach = useMemo<Reach | null>(
    () => (part === null ? null : { doors: idsOf(doorIds), devices: idsOf(deviceIds || deviceOf(part)) }),
    [part, doorIds, deviceIds],
  );
  return { part, name, holds, choose, reach };
}

const deviceOf = (part: Part) => (part.kind === 'device' ? part.id : '');
const idsOf = (joined: string) => new Set(joined === '' ? [] : joined.split(','));

const no_doors: Door[] = [];

/** All doors by name. States change all the time, names hardly ever: only then they are sorted again. */
export function useDoorsByName(): Door[] {
  const doors = useDoors().data ?? no_doors;
  const names = doors.map((door) => door.name).join('\n');
  const order = useMemo(() => {
    const named = names.split('\n').map((name, index) => ({ name, index }));
    return named.sort((a, b) => by_name.compare(a.name, b.name)).map(({ index }) => index);
  }, [names]);
  return useMemo(() => (doors.length === 0 ? doors : order.map((index) => doors[index]!)), [doors, order]);
}
