import { describe, expect, it } from 'vitest';

import type { FloorPlan } from '../../api/client';
import { begin, bodyOf, put, takeOff, turn, undo } from './layout';

const plan = {
  doors: [{ door_id: '1', x: 0.1, y: 0.2, rotation: 350 }],
  links: [{ plan_id: '9', x: 0.5, y: 0.5 }],
} as FloorPlan;
const door = { kind: 'door', id: '1' } as const;

describe('what is placed on a plan', () => {
  it('goes back as it came', () => {
    expect(bodyOf(begin(plan))).toEqual({ doors: plan.doors, links: plan.links });
  });

  it('is placed, moved, turned and taken off, and all of it undone', () => {
    let layout = put(begin(plan), { kind: 'door', id: '2' }, { x: 1, y: 0 });
    layout = put(layout, door, { x: 0.3, y: 0.4 });
    layout = turn(layout, door, 15);
    layout = takeOff(layout, { kind: 'link', id: '9' });
    expect(bodyOf(layout)).toEqual({
      doors: [
        { door_id: '1', x: 0.3, y: 0.4, rotation: 5 },
        { door_id: '2', x: 1, y: 0, rotation: 0 },
      ],
      links: [],
    });
    for (let i = 0; i < 4; i++) layout = undo(layout);
    expect(layout).toEqual(begin(plan));
    expect(undo(layout)).toEqual(layout);
  });

  it('tells a door from a plan of the same number', () => {
    const layout = takeOff(put(begin(plan), { kind: 'link', id: '1' }, { x: 0, y: 0 }), door);
    expect(bodyOf(layout).links.map((link) => link.plan_id)).toEqual(['9', '1']);
    expect(turn(layout, { kind: 'link', id: '1' }, -15).placed.at(-1)!.rotation).toBe(345);
  });
});
