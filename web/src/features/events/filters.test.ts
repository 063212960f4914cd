import { describe, expect, it } from 'vitest';

import type { Event } from '../../api/client';
import { addressOf, filtersOf, fits, listQueryOf, queryOf, spanOf } from './filters';

const now = new Date('2026-03-29T12:00:00Z');

describe('filters as an address', () => {
  it('come back as they went', () => {
    for (const address of [
      {},
      {
        range: '7d',
        door: '1,2',
        department: '9',
        kind: 'access,alarm_started',
        result: 'denied',
        reason: 'unknown_card',
      },
      { from: '2026-03-28T10:00:00.000Z', to: '2026-03-28T11:00:00.000Z', person: '5', card: '04A1B2C3' },
    ]) {
      expect(addressOf(filtersOf(new URLSearchParams(address as Record<string, string>)))).toEqual(address);
    }
  });

  it('take nonsense for nothing', () => {
    const search = new URLSearchParams('range=9y&result=maybe&card=xyz&from=now&to=2026-03-28T11:00:00Z');
    expect(addressOf(filtersOf(search))).toEqual({});
  });

  it('do not take an end before its start', () => {
    const search = new URLSearchParams('from=2026-03-28T11:00:00Z&to=2026-03-28T10:00:00Z');
    expect(filtersOf(search).range).toBe('24h');
  });

  it('know what today means at the site, also on the day the clocks change', () => {
    const filters = filtersOf(new URLSearchParams('range=today'));
    expect(spanOf(filters, now, 'Europe/Berlin').from).toBe('2026-03-28T23:00:00.000Z');
    expect(spanOf(filters, now, 'Asia/Shanghai').from).toBe('2026-03-28T16:00:00.000Z');
  });

  it('list what a door tells whose clock is ahead, unless an end was chosen', () => {
    const listed = (text: string) => {
      const filters = filtersOf(new URLSearchParams(text));
      return listQueryOf(filters, queryOf(filters, spanOf(filters, now, 'Europe/Berlin'))).to;
    };
    expect(listed('range=24h')).toBeUndefined();
    expect(listed('from=2026-03-28T10:00:00Z&to=2026-03-28T11:00:00Z')).toMatch(/^2026-03-28T11:00:00/);
  });

  it('ask for nothing that is not filtered', () => {
    const span = { from: 'a', to: 'b' };
    expect(queryOf(filtersOf(new URLSearchParams()), span)).toEqual(span);
    expect(queryOf(filtersOf(new URLSearchParams('door=1')), span)).toEqual({ ...span, door: ['1'] });
  });
});

describe('an event that comes now', () => {
  const event = {
    door_id: '1',
    kind: 'access',
    result: 'denied',
    reason: 'expired',
    person: { id: '7', department_id: '9' },
    card: '0000BEEF',
  };
  const comes = (address: string) =>
    fits(event as Event, filtersOf(new URLSearchParams(address)), new Set(['8', '9']));

  it('counts when the filters would show it', () => {
    for (const address of [
      '',
      'door=1,2',
      'kind=access',
      'result=denied',
      'reason=expired',
      'card=beef',
      'department=8',
    ]) {
      expect(comes(address), address).toBe(true);
    }
  });

  it('does not count for a department that the person is not in', () => {
    expect(fits(event as Event, filtersOf(new URLSearchParams('department=8')), new Set(['8']))).toBe(false);
  });

  it('does not count otherwise, nor in a range that has ended', () => {
    const ended = 'from=2026-03-28T10:00:00Z&to=2026-03-28T11:00:00Z';
    for (const address of [
      'door=2',
      'kind=login',
      'result=granted',
      'reason=holiday',
      'person=5',
      'card=1',
      ended,
    ]) {
      expect(comes(address), address).toBe(false);
    }
  });
});
