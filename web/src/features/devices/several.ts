/** So many are under way at a time: a controller takes its time, and another can be asked meanwhile. */
export const at_once = 4;

/** `one` for each, a few at a time, in order. `stopped` is asked before each begins; answers those left. */
export async function several<T>(
  items: readonly T[],
  one: (item: T) => Promise<void>,
  stopped: () => boolean = () => false,
): Promise<T[]> {
  const waiting = [...items];
  const next = async () => {
    while (waiting.length > 0 && !stopped()) await one(waiting.shift()!);
  };
  await Promise.all(Array.from({ length: at_once }, next));
  return waiting;
}
