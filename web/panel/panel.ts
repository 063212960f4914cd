// The one model of the page: the chosen door's last state, the connection, and the commands.
import { KeyQueue } from './keys';
import { SignalReader } from './signals';
import type { InputName, Level, PanelState, ReaderFault, Signal } from './state';
import { Stream } from './stream';

export interface Connection {
  connected: boolean;
  /** Since when it is so, in this browser's time. */
  since: Date;
}

export interface PanelView {
  state(state: PanelState): void;
  /** A signal that happened just now. */
  signal?(signal: Signal): void;
  connection?(connection: Connection): void;
  door?(door: number): void;
}

/** Often enough for the page's clock to follow a change of the offset. */
const resync = 15_000;

export class Panel {
  door = 1;
  reader = 1;
  last: PanelState | null = null;
  /** performance.now() at which `last` came. */
  receivedAt = 0;
  link: Connection = { connected: false, since: new Date() };

  private readonly views: PanelView[] = [];
  private readonly fresh = new SignalReader();
  private readonly queues = new Map<number, KeyQueue>();
  private stream: Stream | null = null;
  private messages = 0;

  constructor(private readonly complain: (error: unknown) => void) {}

  add(view: PanelView): void {
    this.views.push(view);
  }

  start(): void {
    this.listen();
    setInterval(() => void this.fetchState(), resync);
    window.addEventListener('online', () => this.stream?.retryNow());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.stream?.retryNow();
    });
  }

  choose(door: number): void {
    if (door === this.door) return;
    this.door = door;
    this.reader = 1;
    this.last = null;
    this.fresh.forget();
    for (const view of this.views) view.door?.(door);
    this.listen();
  }

  press(keys: string): void {
    const door = this.door;
    let queue = this.queues.get(door);
    if (!queue) {
      queue = new KeyQueue((waiting) => this.post('keys', { keys: waiting, door }));
      this.queues.set(door, queue);
    }
    queue.press(keys).catch(this.complain);
  }

  present(number: string): Promise<boolean> {
    return this.send('card', { number, reader: this.reader, door: this.door });
  }

  /** Whether the input is active; a broken line is not. */
  inputOf(name: InputName): boolean {
    return this.last?.inputs[name] === 'active';
  }

  input(name: InputName, active: boolean): Promise<boolean> {
    return this.wire(name, active ? 'active' : 'inactive');
  }

  wire(name: InputName, level: Level): Promise<boolean> {
    return this.send('input', { name, level, door: this.door });
  }

  disturb(reader: number, fault: ReaderFault): Promise<boolean> {
    return this.send('reader', { reader, fault, door: this.door });
  }

  pair(reader: number): Promise<boolean> {
    return this.send('pair', { reader, door: this.door });
  }

  silence(): Promise<boolean> {
    return this.send('silence', { door: this.door });
  }

  advance(milliseconds: number): Promise<boolean> {
    return this.send('clock', { advance_ms: milliseconds });
  }

  setClock(time: string): Promise<boolean> {
    return this.send('clock', { set: time });
  }

  cutPower(): Promise<boolean> {
    return this.send('power', {});
  }

  private async send(call: string, body: object): Promise<boolean> {
    try {
      await this.post(call, body);
      return true;
    } catch (error) {
      this.complain(error);
      return false;
    }
  }

  private async post(call: string, body: object): Promise<void> {
    const response = await fetch(`/panel/${call}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(refusal(await response.text(), response.status));
  }

  private listen(): void {
    this.stream?.close();
    this.messages = 0;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.stream = new Stream(`${scheme}://${location.host}/panel/stream?door=${this.door}`, {
      opened: () => {
        this.fresh.forget();
        this.messages = 0;
        this.connection(true);
        void this.fetchState();
      },
      message: (text) => {
        this.messages += 1;
        this.take(JSON.parse(text) as PanelState);
      },
      lost: () => this.connection(false),
    });
  }

  private connection(connected: boolean): void {
    if (connected === this.link.connected && this.last) return;
    this.link = { connected, since: new Date() };
    for (const view of this.views) view.connection?.(this.link);
    if (this.last) this.showState(this.last);
  }

  /** The stream is newer than any answer that was asked for before its message came. */
  private async fetchState(): Promise<void> {
    const { door, messages } = this;
    try {
      const response = await fetch(`/panel/state?door=${door}`);
      if (!response.ok || door !== this.door || messages !== this.messages) return;
      this.take((await response.json()) as PanelState);
    } catch {
      // The stream notices a lost controller, says so and tries again.
    }
  }

  private take(state: PanelState): void {
    this.last = state;
    this.receivedAt = performance.now();
    const fresh = this.fresh.take(state.signals);
    for (const signal of fresh) for (const view of this.views) view.signal?.(signal);
    this.showState(state);
  }

  private showState(state: PanelState): void {
    for (const view of this.views) view.state(state);
  }
}

/** The sentence in a refusal, in whichever field it stands. */
export function refusal(body: string, status: number): string {
  try {
    const fields = JSON.parse(body) as Record<string, unknown>;
    for (const name of ['message', 'detail', 'error', 'title']) {
      if (typeof fields[name] === 'string') return fields[name];
    }
  } catch {
    if (body && body.length < 300) return body;
  }
  return `The controller refused (HTTP ${status}).`;
}
