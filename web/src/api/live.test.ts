import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Door, Event } from './client';
import { LiveStream } from './live';

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  asked = 0;
  close() {}
  send(text: string) {
    expect(text).toBe('next');
    this.asked++;
  }
  say(...messages: unknown[]) {
    this.onmessage?.({ data: JSON.stringify(messages) });
  }
}

let sockets: FakeSocket[] = [];
let queries: QueryClient;
const ended = vi.fn();

function started(): LiveStream {
  const stream = new LiveStream(queries, ended, () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  });
  stream.start();
  return stream;
}
const event = (id: string) => ({ type: 'event', data: { id } as Event });

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  queries = new QueryClient();
  ended.mockReset();
});
afterEach(() => vi.useRealTimers());

describe('LiveStream', () => {
  it('renders a burst once, however large', () => {
    const stream = started();
    sockets[0]!.onopen?.();
    const told = vi.fn();
    stream.subscribe(told);
    for (let n = 0; n < 1000; n++) sockets[0]!.say(event(String(n)));
    expect(told).not.toHaveBeenCalled();
    vi.advanceTimersByTime(50);
    expect(told).toHaveBeenCalledTimes(1);
    expect(stream.events.shown).toHaveLength(1000);
    stream.stop();
  });

  it('shows what it is about, and lets watchers see everything', () => {
    const stream = started();
    const seen = vi.fn();
    stream.watch(seen);
    sockets[0]!.say(event('1'));
    vi.advanceTimersByTime(50);
    stream.show((one) => one.id !== '1');
    expect(stream.events.shown).toEqual([]);
    for (const id of ['1', '2']) sockets[0]!.say(event(id));
    vi.advanceTimersByTime(200);
    expect(stream.events.shown.map((one) => one.id)).toEqual(['2']);
    expect(seen).toHaveBeenCalledTimes(3);
    stream.seed([{ id: '1', at: '2026-01-01T00:00:00Z', sequence: 1 } as Event]);
    expect(stream.events.shown).toHaveLength(1);
    stream.stop();
  });

  it('asks ten times a second while there is always more, and draws each answer once', () => {
    const stream = started();
    const socket = sockets[0]!;
    socket.onopen?.();
    const told = vi.fn();
    stream.subscribe(told);
    let answered = 0;
    for (let n = 0; n < 1000; n++) {
      if (socket.asked > answered) socket.say(event(String(n)), event(`${n} too`));
      answered = socket.asked;
      vi.advanceTimersByTime(1);
    }
    expect(answered).toBeGreaterThan(5);
    expect(answered).toBeLessThanOrEqual(11);
    expect(told.mock.calls.length).toBeGreaterThanOrEqual(answered - 1);
    expect(told.mock.calls.length).toBeLessThanOrEqual(answered);
    expect(stream.events.shown.length).toBeGreaterThanOrEqual(2 * (answered - 1));
    stream.stop();
  });

  it('asks at once after a quiet moment, and always in a hidden tab, whose timers may stand still', () => {
    const stream = started();
    const socket = sockets[0]!;
    socket.onopen?.();
    vi.advanceTimersByTime(1000);
    expect(socket.asked).toBe(1);
    socket.say(event('1'));
    expect(socket.asked).toBe(2);
    socket.say(event('2'));
    expect(socket.asked).toBe(2);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    socket.say(event('3'));
    expect(socket.asked).toBe(3);
    hidden.mockRestore();
    stream.stop();
  });

  it('reads again what was read before it was first connected, and nothing else', () => {
    const keys = [['doors'], ['devices'], ['events', 'past', {}], ['people']];
    for (const queryKey of keys) queries.setQueryData(queryKey, []);
    const stream = started();
    sockets[0]!.onopen?.();
    const isOld = (queryKey: unknown[]) => queries.getQueryState(queryKey)?.isInvalidated;
    expect(keys.map(isOld)).toEqual([true, true, true, false]);
    stream.stop();
  });

  it('reconnects after a loss, reads everything again and says so meanwhile', () => {
    const stream = started();
    sockets[0]!.onopen?.();
    expect(stream.connection).toBe('up');
    const invalidate = vi.spyOn(queries, 'invalidateQueries');
    sockets[0]!.onclose?.({ code: 1006 });
    expect(stream.connection).toBe('down');
    vi.advanceTimersByTime(600);
    expect(sockets).toHaveLength(2);
    sockets[1]!.onopen?.();
    expect(stream.connection).toBe('up');
    expect(invalidate).toHaveBeenCalledTimes(1);
    stream.stop();
  });

  it('waits longer each time, up to eight seconds', () => {
    const stream = started();
    for (let n = 0; n < 10; n++) {
      sockets.at(-1)!.onclose?.({ code: 1006 });
      vi.advanceTimersByTime(8000);
      expect(sockets).toHaveLength(n + 2);
    }
    stream.stop();
  });

  it('ends the session when the server says so', () => {
    const stream = started();
    sockets[0]!.onclose?.({ code: 4401 });
    expect(ended).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(20_000);
    expect(sockets).toHaveLength(1);
    stream.stop();
  });

  it('brings lists up to date with the last word on each door', () => {
    const door = (id: string, name: string) => ({ id, name }) as Door;
    queries.setQueryData(['doors'], [door('1', 'old'), door('2', 'other')]);
    const stream = started();
    sockets[0]!.say({ type: 'door', data: door('1', 'newer') });
    sockets[0]!.say({ type: 'door', data: door('1', 'newest') });
    sockets[0]!.say({ type: 'door', data: door('3', 'added') });
    vi.advanceTimersByTime(50);
    expect(queries.getQueryData<Door[]>(['doors'])?.map((item) => item.name)).toEqual([
      'newest',
      'other',
      'added',
    ]);
    stream.stop();
  });

  it('shows how much was lost', () => {
    const stream = started();
    sockets[0]!.say({ type: 'gap', data: { lost: 40 } });
    vi.advanceTimersByTime(50);
    expect(stream.lost).toBe(40);
    stream.stop();
  });
});
