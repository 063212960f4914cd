// Who gains and who loses what, before a group is saved.

export interface Rights {
  doors: readonly string[];
  people: readonly string[];
  departments: readonly string[];
  template_id: string | null;
  effect: 'allow' | 'deny';
  valid_to: string | null;
}

/** Where people are, and what is below what. A department that is a member stands for whoever is in it. */
export interface Organisation {
  departmentOf: (person: string) => string | null | undefined;
  /** A department and everything below it. */
  below: (department: string) => ReadonlySet<string>;
}

export interface Change {
  kind: 'gain' | 'lose' | 'when';
  people: string[];
  departments: string[];
  doors: string[];
}

const nobody: Rights = {
  doors: [],
  people: [],
  departments: [],
  template_id: null,
  effect: 'allow',
  valid_to: null,
};

/** The times that a member has for a door, as a comparable text; empty for none. */
function timesFor(member: Member, door: string, groups: readonly Lookup[]): string {
  const times = { allow: new Set<string>(), deny: new Set<string>() };
  for (const group of groups) {
    if (!group.doors.has(door)) continue;
    const holds =
      (member.person !== null && group.people.has(member.person)) ||
      (member.department !== null && group.departments.has(member.department));
    if (holds) times[group.effect].add(group.when);
  }
  if (times.deny.has('always') || times.allow.size === 0) return '';
  const allowed = times.allow.has('always') ? 'always' : [...times.allow].sort().join(',');
  return times.deny.size === 0 ? allowed : `${allowed} but ${[...times.deny].sort().join(',')}`;
}

/** Somebody, or a department as a whole. */
interface Member {
  person: string | null;
  department: string | null;
}

interface Lookup {
  doors: ReadonlySet<string>;
  people: ReadonlySet<string>;
  departments: ReadonlySet<string>;
  effect: 'allow' | 'deny';
  when: string;
}
const lookupOf = (rights: Rights, organisation: Organisation): Lookup => ({
  doors: new Set(rights.doors),
  people: new Set(rights.people),
  departments: new Set(rights.departments.flatMap((one) => [...organisation.below(one)])),
  effect: rights.effect,
  when: [rights.template_id ?? 'always', rights.valid_to && Date.parse(rights.valid_to)]
    .filter(Boolean)
    .join(' until '),
});

/**
 * What changing one group does to people, rights through other groups taken into account: who already has a
 * door some other way neither gains nor loses it.
 */
export function changesOf(
  before: Rights | null,
  after: Rights | null,
  others: readonly Rights[],
  organisation: Organisation,
): Change[] {
  const [was, will] = [before ?? nobody, after ?? nobody];
  const members: Member[] = [
    ...[...new Set([...was.departments, ...will.departments])].map((department) => ({
      person: null,
      department,
    })),
    ...[...new Set([...was.people, ...will.people])].map((person) => ({
      person,
      department: organisation.departmentOf(person) ?? null,
    })),
  ];
  const doors = [...new Set([...was.doors, ...will.doors])];
  const look = (rights: Rights) => lookupOf(rights, organisation);
  const rest = others.map(look).filter((group) => doors.some((door) => group.doors.has(door)));
  const groupsBefore = [...rest, look(was)];
  const groupsAfter = [...rest, look(will)];
  const found = new Map<string, Change>();
  for (const member of members) {
    const sorted: Record<Change['kind'], string[]> = { gain: [], lose: [], when: [] };
    for (const door of doors) {
      const had = timesFor(member, door, groupsBefore);
      const has = timesFor(member, door, groupsAfter);
      if (had === has) continue;
      sorted[had === '' ? 'gain' : has === '' ? 'lose' : 'when'].push(door);
    }
    for (const kind of ['gain', 'lose', 'when'] as const) {
      if (sorted[kind].length === 0) continue;
      const key = `${kind} ${sorted[kind].join()}`;
      const change = found.get(key) ?? { kind, people: [], departments: [], doors: sorted[kind] };
      if (member.person !== null) change.people.push(member.person);
      else if (member.department !== null) change.departments.push(member.department);
      found.set(key, change);
    }
  }
  const order = { lose: 0, gain: 1, when: 2 };
  return [...found.values()].sort((a, b) => order[a.kind] - order[b.kind]);
}
