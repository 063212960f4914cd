import { describe, expect, it } from 'vitest';

import type { Door, FloorPlan } from '../../api/client';
import { worstOf } from '../../ui/door_look';
import type { Branch } from '../organisation/branches';
import { doorsInside, inAlarm } from './inside';

const locked = { online: true, lock: 'locked', contact: 'closed', mode: 'normal', alarms: [], silenced: [] };
const door = (id: string, area_id: string | null, state: Partial<Door['state']> = {}) =>
  ({ id, area_id, state: { ...locked, ...state } }) as Door;
const plan = (id: string, area_id: string | null, doors: string[], links: string[] = []) =>
  ({
    id,
    area_id,
    doors: doors.map((door_id) => ({ door_id, x: 0, y: 0 })),
    links: links.map((plan_id) => ({ plan_id, x: 0, y: 0 })),
  }) as unknown as FloorPlan;
const areas = [
  { id: 'house', parent_id: null },
  { id: 'cellar', parent_id: 'house' },
  { id: 'yard', parent_id: null },
] as Branch[];

describe('what is behind a link', () => {
  it('is what stands on the plan, in its area and below, and behind its own links', () => {
    const doors = [
      door('1', 'cellar'),
      door('2', 'yard'),
      door('3', 'yard'),
      door('4', null),
      door('5', 'yard'),
    ];
    const plans = [
      plan('a', 'house', ['2'], ['b', 'gone']),
      plan('b', null, ['4'], ['a']),
      plan('c', null, ['5']),
    ];
    expect(doorsInside(plans[0]!, plans, areas, doors).map(({ id }) => id)).toEqual(['1', '2', '4']);
    expect(doorsInside(plans[2]!, plans, areas, doors).map(({ id }) => id)).toEqual(['5']);
  });

  it('is as bad as the worst of it', () => {
    expect(worstOf([])).toBeNull();
    expect(worstOf([door('1', null), door('2', null)])).toBe('locked');
    const open = door('3', null, { contact: 'open' });
    const away = door('4', null, { online: false });
    const alarm = door('5', null, { alarms: ['intrusion'] });
    const silenced = door('6', null, { alarms: ['intrusion'], silenced: ['intrusion'] });
    expect(worstOf([door('1', null), open])).toBe('open');
    expect(worstOf([open, away])).toBe('offline');
    expect(worstOf([away, alarm, open])).toBe('alarm');
    expect(inAlarm([away, alarm, silenced, open])).toEqual([alarm]);
  });
});
