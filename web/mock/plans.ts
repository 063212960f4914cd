import type { Door, FloorPlan } from '../src/api/client';

export const place_names = [
  'Main entrance',
  'Warehouse',
  'Server room',
  'Loading dock',
  'Laboratory',
  'Car park',
  'Archive',
  'Roof',
];
const floor = { type: 'image/png' as const, width: 1600, height: 1000 };
const spots = [
  [0.5, 0.92],
  [0.04, 0.4],
  [0.62, 0.5],
  [0.04, 0.75],
  [0.35, 0.5],
  [0.96, 0.75],
  [0.85, 0.5],
  [0.96, 0.2],
] as const;

/** The ground floor with a door in each wall, and a yard that leads to it. */
export function plansOf(doors: readonly Pick<Door, 'id'>[]): FloorPlan[] {
  const placed = spots.flatMap(([x, y], index) => {
    const door = doors[index];
    return door ? [{ door_id: door.id, x, y, rotation: x < 0.1 || x > 0.9 ? 90 : 0 }] : [];
  });
  const plan = { area_id: null, picture: { tag: '1', ...floor }, revision: 1 };
  return [
    { ...plan, id: 'floor', name: 'Ground floor', position: 0, doors: placed, links: [] },
    {
      ...plan,
      id: 'yard',
      name: 'Yard',
      position: 1,
      doors: [],
      links: [{ plan_id: 'floor', x: 0.9, y: 0.4 }],
    },
  ];
}

const walls = 'M60 60H1540V920H60ZM60 500H1540M560 60V500M980 60V500M560 500V920';

/** A drawing that every plan has; the picture of a real one is a photo or a plan of the architect's. */
export const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${floor.width}" height="${floor.height}">
<path fill="#fff" d="M0 0H1600V1000H0Z"/>
<path fill="none" stroke="#9aa3ad" stroke-width="10" d="${walls}"/>
</svg>`;
