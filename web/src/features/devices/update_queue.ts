// Sends to many, a few at a time; those that wait can be stopped, and what is under way ends.
import { useEffect, useRef, useState } from 'react';

import { several } from './several';

export type Sent =
  | { state: 'waiting' | 'stopped' }
  | { state: 'sending'; share: number }
  | { state: 'done'; version: string | null }
  | { state: 'failed'; error: unknown };

type SendOne = (id: string, signal: AbortSignal, onSent: (share: number) => void) => Promise<string | null>;

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
    const one = async (id: string) => {
      note(id, { state: 'sending', share: 0 });
      await sendOne(id, signal, (share) => note(id, { state: 'sending', share })).then(
        (version) => note(id, { state: 'done', version }),
        (error: unknown) => note(id, { state: 'failed', error }),
      );
    };
    const left = await several(ids, one, () => stopped.current);
    for (const id of left) note(id, { state: 'stopped' });
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
