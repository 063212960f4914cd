import { describe, expect, it } from 'vitest';

import type { Week } from './week';
import {
  briefOf,
  copied,
  day_s,
  emptyWeek,
  holds,
  normalised,
  overfull,
  painted,
  paintedWeek,
  periodsOf,
  runsOf,
  secondsOf,
  spansFrom,
  spansText,
  textOf,
  weekFrom,
} from './week';

const hour = 3600;

describe('times of a day', () => {
  it('reads what people type, up to 24:00', () => {
    expect(secondsOf('08:00')).toBe(8 * hour);
    expect(secondsOf('8:30:15')).toBe(8 * hour + 1815);
    expect(secondsOf('24:00:00')).toBe(day_s);
    for (const wrong of ['', '8', '24:01', '08:60', '08:00:60', 'noon', '-1:00'])
      expect(secondsOf(wrong)).toBeNull();
  });

  it('writes them as the contract wants them', () => {
    expect(textOf(day_s)).toBe('24:00:00');
    expect(textOf(8 * hour + 5)).toBe('08:00:05');
    expect(briefOf(8 * hour)).toBe('08:00');
    expect(briefOf(8 * hour + 5)).toBe('08:00:05');
  });
});

describe('exact times', () => {
  it('are read as they are written', () => {
    for (const text of ['08:00-12:00, 13:00-17:30', '00:00-24:00', '08:00:05-17:59:59', '']) {
      expect(spansText(spansFrom(text)!)).toBe(text);
    }
    expect(spansText(spansFrom('13:00 – 14:00; 8:00-9:00')!)).toBe('08:00-09:00, 13:00-14:00');
  });

  it('are refused when they cannot be meant', () => {
    for (const text of [
      '8',
      '12:00-08:00',
      '08:00-08:00',
      '08:00-10:00, 09:00-11:00',
      '08:00-25:00',
      'a-b',
    ]) {
      expect(spansFrom(text), text).toBeNull();
    }
  });
});

describe('painting', () => {
  it('joins what touches and keeps apart what does not', () => {
    expect(painted([{ from: 8 * hour, to: 10 * hour }], 10 * hour, 12 * hour, 'fill')).toEqual([
      { from: 8 * hour, to: 12 * hour },
    ]);
    expect(painted([{ from: 8 * hour, to: 10 * hour }], 11 * hour, 12 * hour, 'fill')).toHaveLength(2);
  });

  it('cuts a hole, an edge or everything', () => {
    const day = [{ from: 8 * hour, to: 18 * hour }];
    expect(painted(day, 12 * hour, 13 * hour, 'clear')).toEqual([
      { from: 8 * hour, to: 12 * hour },
      { from: 13 * hour, to: 18 * hour },
    ]);
    expect(painted(day, 0, 9 * hour, 'clear')).toEqual([{ from: 9 * hour, to: 18 * hour }]);
    expect(painted(day, 0, day_s, 'clear')).toEqual([]);
  });

  it('agrees with painting second by second', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 200; round++) {
      const cells = new Set<number>();
      let day = normalised([]);
      for (let stroke = 0; stroke < 8; stroke++) {
        const [a, b] = [random(48), random(48)].sort((x, y) => x - y) as [number, number];
        const brush = random(3) === 0 ? 'clear' : 'fill';
        day = painted(day, a * 1800, (b + 1) * 1800, brush);
        for (let cell = a; cell <= b; cell++) {
          if (brush === 'fill') cells.add(cell);
          else cells.delete(cell);
        }
      }
      for (let cell = 0; cell < 48; cell++) expect(holds(day, cell * 1800)).toBe(cells.has(cell));
    }
  });

  it('fills a rectangle from any corner', () => {
    const week = paintedWeek(emptyWeek, [4, 0], 8 * hour, 18 * hour, 'fill');
    expect(week.map((day) => day.length)).toEqual([1, 1, 1, 1, 1, 0, 0]);
  });

  it('keeps seconds that the grid does not show', () => {
    const periods = emptyWeek.map(() => [{ from: '08:00:05', to: '17:59:59' }]);
    expect(periodsOf(weekFrom(periods))).toEqual(periods);
  });
});

describe('a week', () => {
  const office: Week = [0, 1, 2, 3, 4, 5, 6].map((day) =>
    day < 5 ? [{ from: 8 * hour, to: 18 * hour }] : [],
  );

  it('is told in runs of like days', () => {
    expect(runsOf(office)).toEqual([{ first: 0, last: 4, spans: office[0] }]);
    expect(runsOf(emptyWeek)).toEqual([]);
  });

  it('copies one day to others', () => {
    expect(copied(office, 0, [5, 6])[6]).toEqual(office[0]);
  });

  it('names the days with more periods than a controller takes', () => {
    const crowded = [0, 2, 4, 6, 8, 10, 12].map((from) => ({ from: from * hour, to: (from + 1) * hour }));
    expect(overfull([crowded, ...office.slice(1)])).toEqual([0]);
  });
});
