import { describe, expect, it } from 'vitest';

import type { Device, Event } from '../../api/client';
import { everything, groupOf, kind_groups, passes, pastQueryOf, stored } from './stream_filter';

const event = { kind: 'access', device_id: '1', person: { department_id: '5' } } as Event;
const devices = [{ id: '1' }, { id: '2' }] as Device[];
const nobody = new Set<string>();

describe('the filter of live events', () => {
  it('takes everything at first', () => {
    expect(passes(event, everything, nobody)).toBe(true);
    expect(pastQueryOf(everything, devices)).toEqual({ limit: 500 });
  });

  it('chooses kinds', () => {
    expect(passes(event, { ...everything, kinds: ['login'] }, nobody)).toBe(false);
    expect(pastQueryOf({ ...everything, kinds: ['login'] }, devices)).toEqual({
      limit: 500,
      kind: ['login'],
    });
    expect(groupOf([...kind_groups.alarm].reverse())).toBe('alarm');
    expect(groupOf(['login'])).toBeUndefined();
  });

  it('stops devices', () => {
    expect(passes(event, { ...everything, stopped: ['1'] }, nobody)).toBe(false);
    expect(pastQueryOf({ ...everything, stopped: ['1'] }, devices)).toEqual({ limit: 500, device: ['2'] });
    expect(pastQueryOf({ ...everything, stopped: ['1', '2'] }, devices)).toBeNull();
  });

  it('chooses a department with those below it', () => {
    const filter = { ...everything, department: '4' };
    expect(passes(event, filter, new Set(['4', '5']))).toBe(true);
    expect(passes(event, filter, new Set(['4']))).toBe(false);
    expect(passes({ ...event, person: null }, filter, new Set(['4']))).toBe(false);
  });

  it('is about a part of the site: its doors, and what its controllers say of themselves', () => {
    const part = { doors: new Set(['7']), devices: new Set(['1']) };
    expect(passes({ ...event, door_id: '7' }, everything, nobody, part)).toBe(true);
    expect(passes({ ...event, door_id: '8' }, everything, nobody, part)).toBe(false);
    expect(passes({ ...event, door_id: null }, everything, nobody, part)).toBe(true);
    expect(passes({ ...event, door_id: null, device_id: '2' }, everything, nobody, part)).toBe(false);
    expect(pastQueryOf(everything, devices, part)).toEqual({ limit: 500, device: ['1'] });
    expect(pastQueryOf({ ...everything, stopped: ['1'] }, devices, part)).toBeNull();
    const one = { doors: new Set(['7']), devices: nobody };
    expect(passes({ ...event, door_id: null }, everything, nobody, one)).toBe(false);
    expect(pastQueryOf(everything, devices, one)).toEqual({ limit: 500, door: ['7'] });
    expect(pastQueryOf(everything, devices, { doors: nobody, devices: nobody })).toBeNull();
  });

  it('takes nonsense that was kept for nothing', () => {
    expect(stored('{')).toEqual(everything);
    expect(stored('{"kinds":["login","x"]}')).toEqual({ ...everything, kinds: ['login'] });
  });
});
