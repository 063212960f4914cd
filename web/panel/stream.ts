// One WebSocket that is always there again: tries at once, then ever slower, at most 5 s apart.

export interface StreamEvents {
  opened(): void;
  message(text: string): void;
  /** `retryIn` milliseconds from now the next try is made. */
  lost(retryIn: number): void;
}

type Socket = Pick<WebSocket, 'close' | 'onopen' | 'onmessage' | 'onclose'>;

const firstDelay = 250;
const longestDelay = 5_000;

export class Stream {
  private socket: Socket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private delay = firstDelay;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly events: StreamEvents,
    private readonly connect: (url: string) => Socket = (address) => new WebSocket(address),
  ) {
    this.open();
  }

  /** When the network or the tab is back there is no reason to wait. */
  retryNow(): void {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.delay = firstDelay;
    this.open();
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.close();
  }

  private open(): void {
    const socket = this.connect(this.url);
    this.socket = socket;
    socket.onopen = () => {
      if (!this.closed) this.events.opened();
    };
    socket.onmessage = (event: MessageEvent) => {
      this.delay = firstDelay;
      if (!this.closed) this.events.message(String(event.data));
    };
    socket.onclose = () => {
      if (!this.closed) this.retryLater();
    };
  }

  private retryLater(): void {
    const wait = this.delay;
    this.delay = Math.min(this.delay * 2, longestDelay);
    this.events.lost(wait);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.open();
    }, wait);
  }
}
