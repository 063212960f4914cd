import type { Door } from '../api/client';

/** The one word for a door's observed state, the most urgent first. */
export type DoorLook =
  | 'offline'
  | 'alarm'
  | 'open'
  | 'lockdown'
  | 'always_open'
  | 'always_closed'
  | 'released'
  | 'locked'
  | 'unknown';

/** Alarms stand, and somebody has silenced all of them. */
export function isSilenced({ alarms, silenced }: Door['state']): boolean {
  return alarms.length > 0 && alarms.every((alarm) => silenced.includes(alarm));
}

export function lookOf(state: Door['state']): DoorLook {
  if (!state.online) return 'offline';
  if (state.alarms.length > 0) return 'alarm';
  if (state.contact === 'open') return 'open';
  if (state.mode === 'lockdown') return 'lockdown';
  if (state.mode === 'always_open') return 'always_open';
  if (state.mode === 'always_closed') return 'always_closed';
  if (state.lock === 'released') return 'released';
  if (state.lock === 'locked') return 'locked';
  return 'unknown';
}

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
