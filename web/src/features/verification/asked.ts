// What doors ask now, as this page knows it: from the list when it opens, then from the live stream.
import type { Verification } from '../../api/client';

export interface Asked extends Verification {
  /** By the page's own clock (performance.now): clocks of server and browser need not agree. */
  until: number;
  /** When it ended here; null while the door waits. */
  ended: number | null;
}

/** So long a question that ended says what came of it. */
export const told_for_ms = 8_000;
/** A question whose end nobody told, because the connection was away. */
const late_ms = 2_000;

/** The questions with what was told now; those that have been over for a while are gone. */
export function withTold(known: readonly Asked[], told: readonly Verification[], now: number): Asked[] {
  const all = new Map(known.map((one) => [one.id, one]));
  for (const one of told) {
    const before = all.get(one.id);
    const waits = one.state === 'waiting';
    if (!waits && before === undefined) continue;
    all.set(one.id, { ...one, until: now + one.left_ms, ended: waits ? null : (before?.ended ?? now) });
  }
  return [...all.values()].filter((one) => !isGone(one, now)).sort(byUrgency);
}

export function isGone(one: Asked, now: number): boolean {
  return one.ended === null ? now > one.until + late_ms : now > one.ended + told_for_ms;
}

function byUrgency(a: Asked, b: Asked): number {
  if ((a.ended === null) !== (b.ended === null)) return a.ended === null ? -1 : 1;
  return a.until - b.until;
}

export const secondsLeft = (one: Asked, now: number): number =>
  Math.max(0, Math.ceil((one.until - now) / 1000));
