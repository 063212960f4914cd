import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';

import type { Connection } from '../../api/live';
import { LiveStream } from '../../api/live';
import { endSession } from '../../api/queries';

const LiveContext = createContext<LiveStream | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [stream] = useState(() => new LiveStream(queries, endSession));
  useEffect(() => {
    stream.start();
    return () => stream.stop();
  }, [stream]);
  return <LiveContext.Provider value={stream}>{children}</LiveContext.Provider>;
}

export function useStream(): LiveStream {
  const stream = useContext(LiveContext);
  if (!stream) throw new Error('no LiveProvider above');
  return stream;
}

/** The stream, and a rendering whenever it shows something new: at most once a frame. */
export function useLiveStream(): LiveStream {
  const stream = useStream();
  useSyncExternalStore(stream.subscribe, () => stream.version);
  return stream;
}

export function useConnection(): Connection {
  const stream = useStream();
  return useSyncExternalStore(stream.subscribe, () => stream.connection);
}
