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

  constructor(readonly capacity: number) {}

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

  /** Shows what came since; says whether anything did. */
  flush(): boolean {
    if (this.locked_ || this.waiting_.length === 0) return false;
    const fresh = this.waiting_.slice(-this.capacity).reverse();
    this.shown_ = [...fresh, ...this.shown_.slice(0, this.capacity - fresh.length)];
    this.waiting_ = [];
    this.dropped_ = 0;
    return true;
  }

  lock(): void {
    this.locked_ = true;
  }
  unlock(): void {
    this.locked_ = false;
    this.flush();
  }
  /** Empties the view; the store behind it is not touched. */
  clear(): void {
    this.shown_ = [];
    this.waiting_ = [];
    this.dropped_ = 0;
  }
  /** What was there before the stream began, oldest last; keeps what is already shown on top. */
  seed(items: readonly T[], idOf: (item: T) => string): void {
    const known = new Set([...this.shown_, ...this.waiting_].map(idOf));
    const older = items.filter((item) => !known.has(idOf(item)));
    this.shown_ = [...this.shown_, ...older].slice(0, this.capacity);
  }
}
