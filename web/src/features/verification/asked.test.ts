import { describe, expect, it } from 'vitest';

import type { Verification } from '../../api/client';
import { secondsLeft, told_for_ms, withTold } from './asked';

const question = (id: string, left_ms: number, state: Verification['state'] = 'waiting'): Verification => ({
  id,
  device_id: '1',
  door_id: '2',
  door_name: 'Gate',
  asked_at: '2026-03-28T23:10:00Z',
  patience_ms: 20_000,
  left_ms,
  direction: 'entry',
  method: 'card',
  person: null,
  department: null,
  card: null,
  flags: [],
  state,
  by: null,
});

describe('questions of doors', () => {
  it('are counted down by the clock of the page', () => {
    const [one] = withTold([], [question('1', 20_000)], 1_000);
    expect(secondsLeft(one!, 1_000)).toBe(20);
    expect(secondsLeft(one!, 18_500)).toBe(3);
    expect(secondsLeft(one!, 60_000)).toBe(0);
  });

  it('stand with the most urgent first, those that ended last', () => {
    let all = withTold([], [question('slow', 20_000), question('fast', 5_000)], 0);
    expect(all.map((one) => one.id)).toEqual(['fast', 'slow']);
    all = withTold(all, [question('fast', 0, 'granted')], 1_000);
    expect(all.map((one) => one.id)).toEqual(['slow', 'fast']);
  });

  it('say for a while what came of them', () => {
    const asked = withTold([], [question('1', 20_000)], 0);
    const over = withTold(asked, [question('1', 0, 'denied')], 1_000);
    expect(withTold(over, [], 1_000 + told_for_ms)).toHaveLength(1);
    expect(withTold(over, [], 1_001 + told_for_ms)).toHaveLength(0);
  });

  it('that ended before this page knew of them are not shown', () => {
    expect(withTold([], [question('1', 0, 'granted')], 0)).toEqual([]);
  });

  it('whose end was never told do not stay', () => {
    const asked = withTold([], [question('1', 1_000)], 0);
    expect(withTold(asked, [], 3_001)).toEqual([]);
  });
});
