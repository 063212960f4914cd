import { describe, expect, it } from 'vitest';

import { LiveBuffer } from './live_buffer';

const made = (capacity: number) => new LiveBuffer<number>(capacity, String, (a, b) => b - a);
const filled = (capacity: number, count: number) => {
  const buffer = made(capacity);
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
    buffer.seed([3, 2, 1, 0, -1]);
    expect(buffer.shown).toEqual([3, 2, 1, 0, -1]);
  });

  it('closes a gap in the right place, once each, whichever way an event comes first', () => {
    const buffer = filled(10, 2);
    buffer.flush();
    buffer.push(6);
    buffer.flush();
    buffer.seed([6, 5, 4, 3, 2]);
    expect(buffer.shown).toEqual([6, 5, 4, 3, 2, 1]);
    buffer.push(5);
    expect(buffer.flush()).toBe(false);
    expect(buffer.shown).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('does not bring back what was cleared, nor move while locked', () => {
    const buffer = filled(10, 3);
    buffer.flush();
    buffer.clear();
    buffer.seed([3, 2, 1]);
    expect(buffer.shown).toEqual([]);
    buffer.lock();
    buffer.seed([5, 4, 3]);
    expect(buffer.shown).toEqual([]);
    buffer.unlock();
    expect(buffer.shown).toEqual([5, 4]);
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
