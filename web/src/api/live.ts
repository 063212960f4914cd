// The one WebSocket of the page. What happens is gathered at the platform until the page asks for it, and
// shown with the next frame, not more than ten times a second: a thousand events a second leave the page time
// for its operator, and one that is busy asks later and gets the newest state of each door at once.
import type { QueryClient } from '@tanstack/react-query';

import type { Device, Door, Event, LiveMessage, Verification } from './client';
import { LiveBuffer } from './live_buffer';

export type Connection = 'connecting' | 'up' | 'down';

const events_kept = 2000;
const longest_wait_ms = 8000;
const between_questions_ms = 100;
const between_hidden_ms = 1000;
/** The lists that messages keep up to date, and what was before the first of them. */
const told_live = [['doors'], ['devices'], ['events', 'past']];

function newestFirst(a: Event, b: Event): number {
  if (a.at !== b.at) return Date.parse(b.at) - Date.parse(a.at);
  return b.sequence - a.sequence;
}

export class LiveStream {
  readonly events = new LiveBuffer<Event>(events_kept, (event) => event.id, newestFirst);
  private connection_: Connection = 'connecting';
  private lost_ = 0;
  private socket: WebSocket | null = null;
  private attempts = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private frame: number | undefined;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private question: ReturnType<typeof setTimeout> | undefined;
  private askedAt = -Infinity;
  private passes: (event: Event) => boolean = () => true;
  private doors = new Map<string, Door>();
  private devices = new Map<string, Device>();
  private version_ = 0;
  private readonly listeners = new Set<() => void>();
  private readonly watchers = new Set<(event: Event) => void>();
  private readonly asked = new Set<(question: Verification) => void>();

  constructor(
    private readonly queries: QueryClient,
    private readonly onSessionEnd: () => void,
    private readonly open: () => WebSocket = openSocket,
  ) {}

  get connection(): Connection {
    return this.connection_;
  }
  /** Messages that the server dropped because this page was too slow. */
  get lost(): number {
    return this.lost_;
  }
  /** Grows with every change: the snapshot for useSyncExternalStore. */
  get version(): number {
    return this.version_;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  /** Sees every event as it comes, before it is shown. */
  readonly watch = (watcher: (event: Event) => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
  /** Hears of doors that ask an operator, at once. */
  readonly watchQuestions = (watcher: (question: Verification) => void): (() => void) => {
    this.asked.add(watcher);
    return () => this.asked.delete(watcher);
  };

  start(): void {
    window.addEventListener('online', this.reconnectNow);
    document.addEventListener('visibilitychange', this.onVisible);
    this.connect();
  }

  stop(): void {
    window.removeEventListener('online', this.reconnectNow);
    document.removeEventListener('visibilitychange', this.onVisible);
    clearTimeout(this.retry);
    clearTimeout(this.pause);
    clearTimeout(this.question);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  lock(): void {
    this.events.lock();
    this.tell();
  }
  unlock(): void {
    this.events.unlock();
    this.tell();
  }
  clear(): void {
    this.events.clear();
    this.lost_ = 0;
    this.tell();
  }
  /** What the list is about from now on; what was before is seeded again. Watchers see everything. */
  show(passes: (event: Event) => boolean): void {
    this.passes = passes;
    this.events.keep(passes);
    this.tell();
  }
  seed(past: readonly Event[]): void {
    this.events.seed(past.filter(this.passes));
    this.tell();
  }

  private readonly reconnectNow = () => {
    if (this.connection_ === 'up') return;
    clearTimeout(this.retry);
    this.connect();
  };
  private readonly onVisible = () => {
    if (!document.hidden) this.reconnectNow();
  };

  private connect(): void {
    const previous = this.socket;
    this.socket = null;
    previous?.close();
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => {
      const again = this.connection_ === 'down';
      this.attempts = 0;
      this.turn('up');
      this.ask();
      // What was read before the first connection may have changed since: nobody has told this page.
      for (const queryKey of again ? [[]] : told_live) void this.queries.invalidateQueries({ queryKey });
    };
    socket.onmessage = (message) => {
      for (const one of JSON.parse(String(message.data)) as LiveMessage[]) this.take(one);
      this.schedule();
      this.askSoon();
    };
    socket.onclose = (close) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (close.code === 4401) {
        this.onSessionEnd();
        return;
      }
      this.turn('down');
      const wait = Math.min(longest_wait_ms, 500 * 2 ** this.attempts++);
      this.retry = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
    };
  }

  private take(message: LiveMessage): void {
    if (message.type === 'event') {
      if (this.passes(message.data)) this.events.push(message.data);
      for (const watcher of this.watchers) watcher(message.data);
    } else if (message.type === 'door') {
      this.doors.set(message.data.id, message.data);
    } else if (message.type === 'device') {
      this.devices.set(message.data.id, message.data);
    } else if (message.type === 'verification') {
      for (const watcher of this.asked) watcher(message.data);
    } else if (message.type === 'gap') {
      this.lost_ += message.data.lost;
      void this.queries.invalidateQueries();
    }
  }

  // Asks at once after a quiet moment. The timers of a hidden tab may stand still for a minute: there are
  // none between it and an alarm.
  private askSoon(): void {
    const early = this.askedAt + between_questions_ms - performance.now();
    clearTimeout(this.question);
    if (early > 0 && !document.hidden) this.question = setTimeout(this.ask, early);
    else this.ask();
  }

  private readonly ask = () => {
    if (this.connection_ !== 'up') return;
    this.askedAt = performance.now();
    this.socket?.send('next');
  };

  // A hidden tab gets no frames: a timer keeps its lists bounded and right.
  private schedule(): void {
    if (this.frame !== undefined || this.pause !== undefined) return;
    if (document.hidden) this.pause = setTimeout(this.flush, between_hidden_ms);
    else this.frame = requestAnimationFrame(this.flush);
  }

  private readonly flush = () => {
    this.frame = undefined;
    this.pause = undefined;
    if (this.doors.size > 0) this.merge('doors', this.doors);
    if (this.devices.size > 0) this.merge('devices', this.devices);
    this.doors = new Map();
    this.devices = new Map();
    this.events.flush();
    this.tell();
  };

  private merge<T extends { id: string }>(list: 'doors' | 'devices', changed: Map<string, T>): void {
    this.queries.setQueryData<T[]>([list], (known) => {
      if (!known) return known;
      const merged = known.map((item) => changed.get(item.id) ?? item);
      const ids = new Set(known.map((item) => item.id));
      for (const item of changed.values()) if (!ids.has(item.id)) merged.push(item);
      return merged;
    });
  }

  private turn(connection: Connection): void {
    if (this.connection_ === connection) return;
    this.connection_ = connection;
    this.tell();
  }

  private tell(): void {
    this.version_++;
    for (const listener of this.listeners) listener();
  }
}

function openSocket(): WebSocket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new WebSocket(`${scheme}://${location.host}/api/v1/live?batches=on_request`);
}
