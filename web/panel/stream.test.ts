import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Stream, type StreamEvents } from './stream';

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: (() => void) | null = null;
  close = vi.fn();
}

describe('the stream', () => {
  let sockets: FakeSocket[] = [];
  let lost: number[] = [];
  let messages: string[] = [];
  const events: StreamEvents = {
    opened: vi.fn(),
    message: (text) => messages.push(text),
    lost: (retryIn) => lost.push(retryIn),
  };
  const open = (): Stream =>
    new Stream('ws://door/panel/stream', events, () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    });
  const newest = (): FakeSocket => sockets.at(-1) as FakeSocket;
  const lose = (): void => {
    newest().onclose?.();
    vi.advanceTimersByTime(lost.at(-1) ?? 0);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    [sockets, lost, messages] = [[], [], []];
  });
  afterEach(() => vi.useRealTimers());

  it('hands on what the controller says', () => {
    open();
    newest().onmessage?.({ data: '{}' } as MessageEvent);
    expect(messages).toEqual(['{}']);
  });

  it('tries again ever slower, at most 5 s apart', () => {
    open();
    for (let i = 0; i < 8; i += 1) lose();
    expect(lost).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(sockets).toHaveLength(9);
  });

  it('is quick again once the controller has spoken', () => {
    open();
    for (let i = 0; i < 4; i += 1) lose();
    newest().onmessage?.({ data: '{}' } as MessageEvent);
    lose();
    expect(lost.at(-1)).toBe(250);
  });

  it('tries at once when the network is back, and only once', () => {
    const stream = open();
    for (let i = 0; i < 5; i += 1) lose();
    newest().onclose?.();
    stream.retryNow();
    stream.retryNow();
    expect(sockets).toHaveLength(7);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(7);
  });

  it('stays closed', () => {
    const stream = open();
    stream.close();
    expect(newest().close).toHaveBeenCalled();
    newest().onclose?.();
    newest().onmessage?.({ data: '{}' } as MessageEvent);
    vi.advanceTimersByTime(60_000);
    expect([sockets.length, lost.length, messages.length]).toEqual([1, 0, 0]);
  });
});
