import type { Device, PermissionGroup } from '../src/api/client';

/** A controller of which there is nothing to say. */
export const quiet = {
  clock_trust: 'set',
  network_time: 'synchronised',
  missing_events: 0,
  password_issue: null,
  keypad_password: null,
  keypad_people: 0,
  refused_people: 0,
  revision: 1,
} satisfies Partial<Device>;

export const plain_group = {
  effect: 'allow',
  valid_to: null,
  departments: [],
  members: 0,
  revision: 1,
} satisfies Partial<PermissionGroup>;

/** A change of a group that names who comes and who goes, as one that names all. */
export function withMembers(group: PermissionGroup | undefined, change: Record<string, unknown>) {
  const { add_people, remove_people, ...body } = change;
  const [come, go] = [add_people ?? [], remove_people ?? []] as string[][];
  const stay = group?.people.filter((id) => !come!.includes(id) && !go!.includes(id)) ?? [];
  return add_people || remove_people ? { ...body, people: [...stay, ...come!] } : body;
}
