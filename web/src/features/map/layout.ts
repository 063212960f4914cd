// What is placed on a plan while it is being edited, with every step back. Pure.
import type { FloorPlan } from '../../api/client';
import type { Point } from './geometry';

export type Kind = 'door' | 'link';
/** A door, or the plan that a link leads to. */
export interface Item {
  kind: Kind;
  id: string;
}
export interface Placed extends Item, Point {
  rotation: number;
}
export interface Layout {
  placed: readonly Placed[];
  past: readonly (readonly Placed[])[];
}

const steps_back = 200;

export const isSame = (a: Item | null, b: Item | null) => a?.kind === b?.kind && a?.id === b?.id;

export function placedOn(plan: Pick<FloorPlan, 'doors' | 'links'>): Placed[] {
  return [
    ...plan.doors.map(({ door_id, x, y, rotation = 0 }) => ({
      kind: 'door' as const,
      id: door_id,
      x,
      y,
      rotation,
    })),
    ...plan.links.map(({ plan_id, x, y }) => ({ kind: 'link' as const, id: plan_id, x, y, rotation: 0 })),
  ];
}

/** As the contract has it. */
export function bodyOf(layout: Layout): Pick<FloorPlan, 'doors' | 'links'> {
  const of = (kind: Kind) => layout.placed.filter((one) => one.kind === kind);
  return {
    doors: of('door').map(({ id, x, y, rotation }) => ({ door_id: id, x, y, rotation })),
    links: of('link').map(({ id, x, y }) => ({ plan_id: id, x, y })),
  };
}

export const begin = (plan: FloorPlan): Layout => ({ placed: placedOn(plan), past: [] });

const step = (layout: Layout, placed: readonly Placed[]): Layout => ({
  placed,
  past: [...layout.past, layout.placed].slice(-steps_back),
});

/** Puts it there, whether it is on the plan already or not. */
export function put(layout: Layout, item: Item, { x, y }: Point): Layout {
  const known = layout.placed.some((one) => isSame(one, item));
  const placed = known
    ? layout.placed.map((one) => (isSame(one, item) ? { ...one, x, y } : one))
    : [...layout.placed, { kind: item.kind, id: item.id, x, y, rotation: 0 }];
  return step(layout, placed);
}

export function turn(layout: Layout, item: Item, degrees: number): Layout {
  const turned = (rotation: number) => (((rotation + degrees) % 360) + 360) % 360;
  return step(
    layout,
    layout.placed.map((one) => (isSame(one, item) ? { ...one, rotation: turned(one.rotation) } : one)),
  );
}

export const takeOff = (layout: Layout, item: Item): Layout =>
  step(
    layout,
    layout.placed.filter((one) => !isSame(one, item)),
  );

export function undo(layout: Layout): Layout {
  const before = layout.past.at(-1);
  return before ? { placed: before, past: layout.past.slice(0, -1) } : layout;
}
