import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';

import type { Verification } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useConnection, useStream } from '../shell/live_context';
import type { Asked } from './asked';
import { isGone, withTold } from './asked';

/** The questions that this account may answer, and a way to tell of one. */
export function useAsked(enabled: boolean): [readonly Asked[], (told: Verification) => void] {
  const stream = useStream();
  const connection = useConnection();
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const take = useCallback(
    (...told: Verification[]) => setAsked((known) => withTold(known, told, performance.now())),
    [],
  );
  // Again with each connection: what was asked meanwhile was told to nobody here.
  const open = useQuery({
    queryKey: ['verifications', connection],
    queryFn: () => answerOf(api.GET('/verifications', { params: { query: {} } })),
    enabled: enabled && connection === 'up',
    staleTime: 0,
  });
  useEffect(() => (enabled ? stream.watchQuestions(take) : undefined), [enabled, stream, take]);
  useEffect(() => {
    if (open.data) take(...open.data.items);
  }, [open.data, take]);
  useEffect(() => {
    if (asked.length === 0) return undefined;
    const leaving = setInterval(() => {
      setAsked((known) =>
        known.some((one) => isGone(one, performance.now())) ? withTold(known, [], performance.now()) : known,
      );
    }, 500);
    return () => clearInterval(leaving);
  }, [asked.length]);
  return [asked, take];
}
