import { describe, expect, it } from 'vitest';

import { exactTime, instantOf, offsetOf, shortTime, startOfDay, wallOf } from './time';

const berlin = 'Europe/Berlin';
const wall = (hour: number, minute: number, day: number, month: number) => ({
  year: 2026,
  month,
  day,
  hour,
  minute,
  second: 0,
});

describe('time of the site', () => {
  it('shows the time alone today, the date before it otherwise', () => {
    const now = new Date('2026-03-28T22:30:00Z');
    expect(shortTime(new Date('2026-03-28T22:10:05Z'), berlin, 'en', now)).toBe('23:10:05');
    expect(shortTime(new Date('2026-03-28T23:10:05Z'), berlin, 'en', now)).toBe('29 Mar 00:10:05');
    expect(shortTime(new Date('2025-12-31T12:00:00Z'), berlin, 'en', now)).toBe('31 Dec 2025 13:00:00');
    expect(shortTime(new Date('2026-03-20T12:00:00Z'), berlin, 'zh', now)).toBe('3月20日 13:00:00');
  });

  it('is exact on demand', () => {
    expect(exactTime(new Date('2026-03-28T23:10:00.250Z'), berlin)).toBe(
      '2026-03-29 00:10:00.250 +01:00 (Europe/Berlin)',
    );
    expect(exactTime(new Date('2026-01-01T00:00:00Z'), 'America/St_Johns')).toBe(
      '2025-12-31 20:30:00.000 -03:30 (America/St_Johns)',
    );
  });

  it('turns wall-clock time back into instants, daylight-saving changes included', () => {
    expect(instantOf(wall(12, 0, 1, 7), berlin).toISOString()).toBe('2026-07-01T10:00:00.000Z');
    expect(instantOf(wall(2, 30, 29, 3), berlin).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(instantOf(wall(2, 30, 25, 10), berlin).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(instantOf(wall(3, 0, 25, 10), berlin).toISOString()).toBe('2026-10-25T02:00:00.000Z');
  });

  it('returns to where it came from for every hour of a year', () => {
    for (const zone of [berlin, 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe']) {
      for (let hour = 0; hour < 8760; hour += 7) {
        const at = new Date(Date.UTC(2026, 0, 1, hour));
        const back = instantOf(wallOf(at, zone), zone);
        expect(wallOf(back, zone)).toEqual(wallOf(at, zone));
      }
    }
  });

  it('knows where a day starts', () => {
    expect(startOfDay(new Date('2026-03-29T12:00:00Z'), berlin).toISOString()).toBe(
      '2026-03-28T23:00:00.000Z',
    );
    expect(startOfDay(new Date('2026-03-29T12:00:00Z'), berlin, 1).toISOString()).toBe(
      '2026-03-29T22:00:00.000Z',
    );
    expect(offsetOf(new Date('2026-03-29T12:00:00Z'), berlin)).toBe(7200);
  });
});
