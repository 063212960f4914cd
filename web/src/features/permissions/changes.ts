// Who gains and who loses what, before a group is saved.

export interface Rights {
  doors: readonly string[];
  people: readonly string[];
  template_id: string | null;
}

export interface Change {
  kind: 'gain' | 'lose' | 'when';
  people: string[];
  doors: string[];
}

const nobody: Rights = { doors: [], people: [], template_id: null };

/** The times that a person has for a door, as a comparable text; empty for none. */
function timesFor(person: string, door: string, groups: readonly Lookup[]): string {
  const times = new Set<string>();
  for (const group of groups) {
    if (group.people.has(person) && group.doors.has(door)) times.add(group.template_id ?? 'always');
  }
  return times.has('always') ? 'always' : [...times].sort().join(',');
}

interface Lookup {
  doors: ReadonlySet<string>;
  people: ReadonlySet<string>;
  template_id: string | null;
}
const lookupOf = (rights: Rights): Lookup => ({
  doors: new Set(rights.doors),
  people: new Set(rights.people),
  template_id: rights.template_id,
});

/**
 * What changing one group does to people, rights through other groups taken into account: who already has a
 * door some other way neither gains nor loses it.
 */
export function changesOf(before: Rights | null, after: Rights | null, others: readonly Rights[]): Change[] {
  const [was, will] = [before ?? nobody, after ?? nobody];
  const people = new Set([...was.people, ...will.people]);
  const doors = [...new Set([...was.doors, ...will.doors])];
  const rest = others.map(lookupOf).filter((group) => doors.some((door) => group.doors.has(door)));
  const groupsBefore = [...rest, lookupOf(was)];
  const groupsAfter = [...rest, lookupOf(will)];
  const found = new Map<string, Change>();
  for (const person of people) {
    const sorted: Record<Change['kind'], string[]> = { gain: [], lose: [], when: [] };
    for (const door of doors) {
      const had = timesFor(person, door, groupsBefore);
      const has = timesFor(person, door, groupsAfter);
      if (had === has) continue;
      sorted[had === '' ? 'gain' : has === '' ? 'lose' : 'when'].push(door);
    }
    for (const kind of ['gain', 'lose', 'when'] as const) {
      if (sorted[kind].length === 0) continue;
      const key = `${kind} ${sorted[kind].join()}`;
      const change = found.get(key) ?? { kind, people: [], doors: sorted[kind] };
      change.people.push(person);
      found.set(key, change);
    }
  }
  const order = { lose: 0, gain: 1, when: 2 };
  return [...found.values()].sort((a, b) => order[a.kind] - order[b.kind]);
}
