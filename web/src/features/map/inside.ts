// What is behind a link: the doors of another plan, and the worst of their states. Pure.
import type { Door, FloorPlan } from '../../api/client';
import type { DoorLook } from '../../ui/door_look';
import { isSilenced, lookOf } from '../../ui/door_look';
import type { Branch } from '../organisation/branches';
import { below } from '../organisation/branches';

/** The most urgent first. */
const urgency: DoorLook[] = [
  'alarm',
  'offline',
  'open',
  'lockdown',
  'always_open',
  'released',
  'always_closed',
  'unknown',
  'locked',
];

export const urgencyOf = (door: Door): number => urgency.indexOf(lookOf(door.state));

/** What stands for all of them; null of none. */
export function worstOf(doors: readonly Door[]): DoorLook | null {
  if (doors.length === 0) return null;
  return urgency[Math.min(...doors.map(urgencyOf))]!;
}

/** Alarms that nobody has silenced. */
export const inAlarm = (doors: readonly Door[]) =>
  doors.filter((door) => lookOf(door.state) === 'alarm' && !isSilenced(door.state));

/** The doors of a plan, of its area and what is below it, and of the plans that it leads to. */
export function doorsInside(
  plan: FloorPlan,
  plans: readonly FloorPlan[],
  areas: readonly Branch[],
  doors: readonly Door[],
): Door[] {
  const reached = new Set<FloorPlan>([plan]);
  const within = new Set<string>();
  const standing = new Set<string>();
  for (const one of reached) {
    if (one.area_id !== null) for (const area of below(areas, one.area_id)) within.add(area);
    for (const { door_id } of one.doors) standing.add(door_id);
    for (const { plan_id } of one.links) {
      const next = plans.find((other) => other.id === plan_id);
      if (next) reached.add(next);
    }
  }
  return doors.filter((door) => standing.has(door.id) || (door.area_id !== null && within.has(door.area_id)));
}
