// Marks on a plan: doors, and links to other plans. Each keeps its size whatever the zoom.
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { memo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { Door } from '../../api/client';
import type { DoorLook } from '../../ui/door_look';
import { isSilenced, lookOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { useStateText } from '../live/door_tile';
import type { Point } from './geometry';
import { distance, leaning } from './geometry';
import type { Item, Placed } from './layout';
import css from './map.module.css';
import { useGround } from './plan_view';

const still = 4;
const turn_step = 15;

/** What can be done to a mark while the plan is edited. */
export interface Tools {
  put: (item: Item, at: Point) => void;
  turn: (item: Item, degrees: number) => void;
  takeOff: (item: Item) => void;
}

interface MarkProps {
  placed: Placed;
  label: string;
  className: string;
  selected: boolean;
  tools: Tools | null;
  onChoose: (item: Item) => void;
  children: ReactNode;
}

/** A button on the plan; while it is edited, one that is dragged and moved by the arrow keys. */
function Mark({ placed, label, className, selected, tools, onChoose, children }: MarkProps) {
  const { t } = useTranslation();
  const ground = useGround();
  const pressed = useRef<Point | null>(null);
  const moving = useRef(false);
  const place = (at: Point) => ({ left: `${at.x * 100}%`, top: `${at.y * 100}%` });

  const onPointerDown = (press: PointerEvent) => {
    if (!tools || press.button !== 0) return;
    press.stopPropagation();
    pressed.current = { x: press.clientX, y: press.clientY };
    moving.current = false;
    press.currentTarget.setPointerCapture(press.pointerId);
  };
  const onPointerMove = (move: PointerEvent<HTMLButtonElement>) => {
    const at = { x: move.clientX, y: move.clientY };
    if (!pressed.current || (!moving.current && distance(pressed.current, at) < still)) return;
    moving.current = true;
    Object.assign(move.currentTarget.style, place(ground.shareAt(at)));
  };
  const onPointerUp = (end: PointerEvent) => {
    if (pressed.current && moving.current)
      tools?.put(placed, ground.shareAt({ x: end.clientX, y: end.clientY }));
    pressed.current = null;
  };
  const onKeyDown = (press: KeyboardEvent) => {
    if (!tools) return;
    const far = press.shiftKey ? 1 : 8;
    const ways: Record<string, Point> = {
      ArrowLeft: { x: -far, y: 0 },
      ArrowRight: { x: far, y: 0 },
      ArrowUp: { x: 0, y: -far },
      ArrowDown: { x: 0, y: far },
    };
    const by = ways[press.key];
    if (by) tools.put(placed, ground.nudged(placed, by));
    else if (press.key === 'Delete' || press.key === 'Backspace') tools.takeOff(placed);
    else if (press.key.toLowerCase() === 'r' && placed.kind === 'door')
      tools.turn(placed, press.shiftKey ? -turn_step : turn_step);
    else return;
    press.preventDefault();
    press.stopPropagation();
  };
  return (
    <button
      type="button"
      id={`mark-${placed.kind}-${placed.id}`}
      className={`${css.mark} ${className} ${selected ? css.selected : ''}`}
      style={{ ...place(placed), ['--lean' as string]: leaning(placed.x) }}
      aria-label={label}
      aria-pressed={selected}
      aria-description={tools ? t('map.mark_keys') : undefined}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => (pressed.current = null)}
      onKeyDown={onKeyDown}
      onClick={() => !moving.current && onChoose(placed)}
    >
      {children}
    </button>
  );
}

interface Common {
  placed: Placed;
  selected: boolean;
  tools: Tools | null;
  onChoose: (item: Item) => void;
}

export const DoorOnPlan = memo(function DoorOnPlan({ door, ...rest }: Common & { door: Door }) {
  const stateText = useStateText();
  const look = lookOf(door.state);
  const loud = look === 'alarm' && !isSilenced(door.state);
  return (
    <Mark
      {...rest}
      label={`${door.name}: ${stateText(door)}`}
      className={`${css.door} ${css[`look_${look}`] ?? ''} ${loud ? css.loud : ''}`}
    >
      <Leaf rotation={rest.placed.rotation} open={look === 'open'} />
      <span className={css.disc}>
        <DoorMark look={look} size={20} />
      </span>
      <span className={css.label}>{door.name}</span>
    </Mark>
  );
});

/** The passage in the wall, and the leaf of the door: along the wall, or out of it. */
function Leaf({ rotation, open }: { rotation: number; open: boolean }) {
  return (
    <svg
      className={css.leaf}
      viewBox="-32 -32 64 64"
      width="64"
      height="64"
      style={{ transform: `rotate(${rotation}deg)` }}
      aria-hidden
    >
      <path d="M-26 0H-20M20 0H26" strokeWidth="5" />
      {open ? (
        <>
          <path d="M-20 0V-30" strokeWidth="3" />
          <path d="M-20 -30A40 40 0 0 1 20 0" strokeWidth="1" strokeDasharray="3 3" />
        </>
      ) : (
        <path d="M-20 0H20" strokeWidth="3" />
      )}
    </svg>
  );
}

interface LinkProps extends Common {
  name: string;
  worst: DoorLook | null;
  alarms: number;
}

export const LinkOnPlan = memo(function LinkOnPlan({ name, worst, alarms, ...rest }: LinkProps) {
  const { t } = useTranslation();
  const state = worst === null ? t('map.no_doors_inside') : t(`door_states.${worst}`);
  return (
    <Mark
      {...rest}
      label={t('map.link_to', { plan: name, state })}
      className={`${css.link} ${alarms > 0 ? css.loud : ''}`}
    >
      <span className={css.pill}>
        {worst !== null && <DoorMark look={worst} size={18} />}
        <span>{name}</span>
        {alarms > 0 && <b data-count={alarms} />}
      </span>
    </Mark>
  );
});
