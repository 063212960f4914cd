/**
 * A bounded list of the newest, for a stream that may be faster than a page: pushes cost nothing but memory
 * until `flush`, which the caller runs once a frame. While it is locked the list stands still and counts what
 * waits.
 */
export class LiveBuffer<T> {
  private shown_: readonly T[] = [];
  private waiting_: T[] = [];
  private dropped_ = 0;
  private locked_ = false;
  private past_: readonly T[] = [];
  private cleared_: T | null = null;

  constructor(
    readonly capacity: number,
    private readonly idOf: (item: T) => string,
    /** Negative when the first is the newer one. */
    private readonly newestFirst: (a: T, b: T) => number,
  ) {}

  /** Newest first. */
  get shown(): readonly T[] {
    return this.shown_;
  }
  get locked(): boolean {
    return this.locked_;
  }
  /** How many came since it was locked, those included that are too old to be kept. */
  get waiting(): number {
    return this.waiting_.length + this.dropped_;
  }

  push(item: T): void {
    this.waiting_.push(item);
    if (this.waiting_.length >= this.capacity * 2) {
      this.dropped_ += this.waiting_.length - this.capacity;
      this.waiting_ = this.waiting_.slice(-this.capacity);
    }
  }

  /** Shows what came since, once each; says whether anything did. */
  flush(): boolean {
    if (this.locked_ || this.waiting_.length === 0) return false;
    const known = new Set(this.shown_.map(this.idOf));
    const fresh = this.waiting_.slice(-this.capacity).filter((item) => !known.has(this.idOf(item)));
    this.waiting_ = [];
    this.dropped_ = 0;
    if (fresh.length === 0) return false;
    this.shown_ = [...fresh.reverse(), ...this.shown_.slice(0, this.capacity - fresh.length)];
    return true;
  }

  lock(): void {
    this.locked_ = true;
  }
  unlock(): void {
    this.locked_ = false;
    this.flush();
    this.seed(this.past_);
  }
  /** Lets go of what does not pass, shown or waiting. */
  keep(passes: (item: T) => boolean): void {
    this.shown_ = this.shown_.filter(passes);
    this.waiting_ = this.waiting_.filter(passes);
    this.past_ = this.past_.filter(passes);
  }
  /** Empties the view; the store behind it is not touched. */
  clear(): void {
    this.cleared_ = this.waiting_.at(-1) ?? this.shown_[0] ?? this.cleared_;
    this.past_ = [];
    this.shown_ = [];
    this.waiting_ = [];
    this.dropped_ = 0;
  }
  /** What a list of the past holds, put where it belongs: before the stream began, or in a gap of it. */
  seed(items: readonly T[]): void {
    const known = new Set([...this.shown_, ...this.waiting_].map(this.idOf));
    const cleared = this.cleared_;
    const missed = items.filter(
      (item) => !known.has(this.idOf(item)) && (cleared === null || this.newestFirst(item, cleared) < 0),
    );
    this.past_ = this.locked_ ? items : [];
    if (this.locked_ || missed.length === 0) return;
    this.shown_ = [...this.shown_, ...missed].sort(this.newestFirst).slice(0, this.capacity);
  }
}
