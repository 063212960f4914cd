// What is behind a link: the doors of another plan. Pure.
import type { Door, FloorPlan } from '../../api/client';
import { isSilenced, lookOf } from '../../ui/door_look';
import type { Branch } from '../organisation/branches';
import { below } from '../organisation/branches';

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
