import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';

import type { DeviceSearch, WaitingDevice } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';

const look_again_ms = 400;

/** A search of the network: starts with the page that shows it, can be stopped and repeated. */
export function useDeviceSearch() {
  const [range, setRange] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const started = useQuery({
    queryKey: ['device-search', round, range],
    queryFn: () =>
      answerOf(
        api.POST('/devices/search', {
          params: { query: { wait_s: 0 } },
          body: range === null ? {} : { range },
        }),
      ),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const id = started.data?.id;
  const [stopped, setStopped] = useState<string | null>(null);
  const polled = useQuery({
    queryKey: ['device-search', 'job', round, id],
    queryFn: () => answerOf(api.GET('/devices/search/{id}', { params: { path: { id: id! } } })),
    enabled: id !== undefined && started.data?.state === 'running' && stopped !== id,
    refetchInterval: (query) => (query.state.data?.state === 'running' ? look_again_ms : false),
    gcTime: 0,
    retry: false,
  });
  const search: DeviceSearch | undefined = polled.data ?? started.data;
  const running = started.isFetching || (search?.state === 'running' && stopped !== id);

  const stop = useCallback(() => {
    if (id === undefined) return;
    setStopped(id);
    void answerOf(api.DELETE('/devices/search/{id}', { params: { path: { id } } })).catch(() => undefined);
  }, [id]);
  const again = useCallback((wanted: string | null) => {
    setRange(wanted);
    setRound((before) => before + 1);
  }, []);
  useEffect(() => stop, [stop]);
  return { search, running, error: started.error ?? polled.error, stop, again };
}

const nobody: WaitingDevice[] = [];

/** Those that have dialled in and that nobody has added; they come and go. */
export function useWaitingDevices(): WaitingDevice[] {
  const waiting = useQuery({
    queryKey: ['devices', 'waiting'],
    queryFn: () => answerOf(api.GET('/devices/waiting')),
    refetchInterval: 3_000,
  });
  return waiting.data?.items ?? nobody;
}
