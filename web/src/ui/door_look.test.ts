import { describe, expect, it } from 'vitest';

import type { Door } from '../api/client';
import { isSilenced, lookOf } from './door_look';

const state = (changes: Partial<Door['state']>): Door['state'] => ({
  lock: 'locked',
  contact: 'closed',
  mode: 'normal',
  alarms: [],
  silenced: [],
  online: true,
  since: '2026-03-28T23:10:00Z',
  ...changes,
});

describe('the word for a door', () => {
  it('follows what was observed', () => {
    expect(lookOf(state({}))).toBe('locked');
    expect(lookOf(state({ lock: 'released' }))).toBe('released');
    expect(lookOf(state({ lock: 'released', contact: 'open' }))).toBe('open');
    expect(lookOf(state({ lock: 'released', mode: 'always_open' }))).toBe('always_open');
    expect(lookOf(state({ mode: 'always_closed' }))).toBe('always_closed');
    expect(lookOf(state({ mode: 'lockdown' }))).toBe('lockdown');
    expect(lookOf(state({ lock: 'unknown', contact: 'unknown' }))).toBe('unknown');
  });

  it('never calls a door open that has no contact', () => {
    expect(lookOf(state({ contact: 'unknown' }))).toBe('locked');
  });

  it('puts an alarm before everything, and offline before what may be long past', () => {
    expect(lookOf(state({ contact: 'open', alarms: ['intrusion'] }))).toBe('alarm');
    expect(lookOf(state({ alarms: ['intrusion'], online: false }))).toBe('offline');
  });

  it('knows when all that stands was silenced', () => {
    const stands = state({ alarms: ['intrusion', 'tamper'], silenced: ['tamper'] });
    expect(isSilenced(stands)).toBe(false);
    expect(isSilenced({ ...stands, silenced: ['intrusion', 'tamper'] })).toBe(true);
    expect(isSilenced(state({}))).toBe(false);
    expect(lookOf({ ...stands, silenced: ['intrusion', 'tamper'] })).toBe('alarm');
  });
});
