// When a certificate ends: said thirty days before, and once it has.
export type Ending = { state: 'soon'; days: number } | { state: 'over' };

const day_ms = 86_400_000;
const warned_days = 30;

/** null: nothing to say yet. */
export function endingOf(until: string | null, now = new Date()): Ending | null {
  if (until === null) return null;
  const left = new Date(until).getTime() - now.getTime();
  if (left <= 0) return { state: 'over' };
  return left <= warned_days * day_ms ? { state: 'soon', days: Math.ceil(left / day_ms) } : null;
}
