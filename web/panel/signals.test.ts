import { describe, expect, it } from 'vitest';

import { beepPlan, lightOf, planLength, shortestFlash, shownLight, SignalReader } from './signals';
import type { Signal } from './state';

const signal = (sequence: number, name = 'denied', beeps = 3): Signal => ({
  sequence,
  at: '2026-03-29T01:59:50Z',
  signal: name,
  beeps,
});

describe('beeps', () => {
  it('is silent for a signal without beeps', () => {
    expect(beepPlan(0)).toEqual([]);
    expect(planLength([])).toBe(0);
  });

  it('sounds once for success', () => {
    expect(beepPlan(1)).toHaveLength(1);
  });

  it('sounds three times for a refusal, one after the other', () => {
    const plan = beepPlan(3);
    expect(plan).toHaveLength(3);
    for (const [i, beep] of plan.slice(1).entries()) {
      const before = plan[i];
      expect(beep.start).toBeGreaterThan((before?.start ?? 0) + (before?.length ?? 0));
    }
    expect(planLength(plan)).toBeLessThan(1_000);
  });
});

describe('light', () => {
  it('knows the light of every signal of the controller', () => {
    expect(['menu', 'success', 'unlocked', 'failure', 'denied'].map(lightOf)).toEqual([
      'blue_flashing',
      'green',
      'green',
      'red',
      'red',
    ]);
    expect(lightOf('power_on')).toBeNull();
  });

  it('shows what the controller says', () => {
    expect(shownLight('green', null, 0)).toBe('green');
  });

  it('keeps a signal visible that simulated time has already left behind', () => {
    const flash = { light: 'red', since: 1_000 } as const;
    expect(shownLight('blue', flash, 1_000 + shortestFlash - 1)).toBe('red');
    expect(shownLight('blue', flash, 1_000 + shortestFlash)).toBe('blue');
  });
});

describe('signals that are new', () => {
  it('does not play what happened before the page came', () => {
    expect(new SignalReader().take([signal(7), signal(8)])).toEqual([]);
  });

  it('plays each later signal once', () => {
    const reader = new SignalReader();
    reader.take([signal(7)]);
    expect(reader.take([signal(7), signal(8), signal(9)]).map((s) => s.sequence)).toEqual([8, 9]);
    expect(reader.take([signal(8), signal(9)])).toEqual([]);
  });

  it('plays the first signal of all', () => {
    const reader = new SignalReader();
    reader.take([]);
    expect(reader.take([signal(1)])).toHaveLength(1);
  });

  it('plays only the newest after the controller has started anew', () => {
    const reader = new SignalReader();
    reader.take([signal(40)]);
    expect(reader.take([signal(1), signal(2)]).map((s) => s.sequence)).toEqual([2]);
  });

  it('takes what is there as history after a lost connection', () => {
    const reader = new SignalReader();
    reader.take([signal(1)]);
    reader.forget();
    expect(reader.take([signal(1), signal(2)])).toEqual([]);
  });
});
