// Sends to many, a few at a time; those that wait can be stopped, and what is under way ends.
import { useEffect, useRef, useState } from 'react';

export type Sent =
  | { state: 'waiting' | 'stopped' }
  | { state: 'sending'; share: number }
  | { state: 'done'; version: string | null }
  | { state: 'failed'; error: unknown };

type SendOne = (id: string, signal: AbortSignal, onSent: (share: number) => void) => Promise<string | null>;

export const at_once = 4;

/** `stopped` is asked before each begins. */
export async function sendToMany(
  ids: readonly string[],
  one: (id: string) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  const waiting = [...ids];
  const next = async (): Promise<void> => {
    const id = stopped() ? undefined : waiting.shift();
    if (id === undefined) return;
    await one(id);
    await next();
  };
  await Promise.all(Array.from({ length: at_once }, next));
}

export function useUpdateQueue(sendOne: SendOne) {
  const [all, setAll] = useState<ReadonlyMap<string, Sent>>(new Map());
  const [busy, setBusy] = useState(false);
  const stopped = useRef(false);
  const abort = useRef<AbortController | null>(null);
  // Who closes the window ends what is under way.
  useEffect(
    () => () => {
      stopped.current = true;
      abort.current?.abort();
    },
    [],
  );
  const note = (id: string, sent: Sent) => setAll((before) => new Map(before).set(id, sent));

  const send = async (ids: readonly string[]) => {
    stopped.current = false;
    const { signal } = (abort.current = new AbortController());
    setBusy(true);
    for (const id of ids) note(id, { state: 'waiting' });
    const begun = new Set<string>();
    const one = async (id: string) => {
      begun.add(id);
      note(id, { state: 'sending', share: 0 });
      await sendOne(id, signal, (share) => note(id, { state: 'sending', share })).then(
        (version) => note(id, { state: 'done', version }),
        (error: unknown) => note(id, { state: 'failed', error }),
      );
    };
    await sendToMany(ids, one, () => stopped.current);
    for (const id of ids) if (!begun.has(id)) note(id, { state: 'stopped' });
    setBusy(false);
  };
  return {
    send,
    busy,
    stop: () => {
      stopped.current = true;
    },
    of: (id: string) => all.get(id),
    anyFailed: [...all.values()].some((sent) => sent.state === 'failed'),
  };
}
