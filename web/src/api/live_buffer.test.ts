import { describe, expect, it } from 'vitest';

import { LiveBuffer } from './live_buffer';

const filled = (capacity: number, count: number) => {
  const buffer = new LiveBuffer<number>(capacity);
  for (let n = 1; n <= count; n++) buffer.push(n);
  return buffer;
};

describe('LiveBuffer', () => {
  it('shows the newest first, and nothing before a flush', () => {
    const buffer = filled(10, 3);
    expect(buffer.shown).toEqual([]);
    expect(buffer.flush()).toBe(true);
    expect(buffer.shown).toEqual([3, 2, 1]);
    expect(buffer.flush()).toBe(false);
  });

  it('keeps to its capacity however much comes between two frames', () => {
    const buffer = filled(100, 100_000);
    buffer.flush();
    expect(buffer.shown).toHaveLength(100);
    expect(buffer.shown[0]).toBe(100_000);
    expect(buffer.shown[99]).toBe(99_901);
  });

  it('stands still while locked and counts everything that waits', () => {
    const buffer = filled(10, 3);
    buffer.flush();
    buffer.lock();
    for (let n = 4; n <= 1003; n++) buffer.push(n);
    expect(buffer.flush()).toBe(false);
    expect(buffer.shown).toEqual([3, 2, 1]);
    expect(buffer.waiting).toBe(1000);
    buffer.unlock();
    expect(buffer.shown[0]).toBe(1003);
    expect(buffer.shown).toHaveLength(10);
    expect(buffer.waiting).toBe(0);
  });

  it('takes the past below what is there, without doubles', () => {
    const buffer = filled(10, 3);
    buffer.flush();
    buffer.seed([3, 2, 1, 0, -1], String);
    expect(buffer.shown).toEqual([3, 2, 1, 0, -1]);
  });

  it('hands out a new list on each change, so that a page sees the difference', () => {
    const buffer = filled(10, 1);
    buffer.flush();
    const before = buffer.shown;
    buffer.push(2);
    buffer.flush();
    expect(buffer.shown).not.toBe(before);
    expect(before).toEqual([1]);
  });
});
