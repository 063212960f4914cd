import { CompressOutlined, MinusOutlined, PlusOutlined } from '@ant-design/icons';
import type { DragEvent, KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { FloorPlan } from '../../api/client';
import type { Point, View } from './geometry';
import { distance, fitted, panned, pinched, pointOf, revealing, shareAt, zoomed } from './geometry';
import css from './map.module.css';

const zoom_step = 1.3;
const pan_step = 60;
/** Less than this is the trembling of a hand, not a movement. */
const still = 5;
export const dragged_as = 'application/x-sallyport-door';

/** What marks on the plan need to know of where it lies now. */
export interface Ground {
  /** The place on the plan under a point of the window. */
  shareAt: (client: Point) => Point;
  /** A place, so many pixels further. */
  nudged: (share: Point, by: Point) => Point;
  /** The place in the middle of what is seen. */
  middle: () => Point;
}
const GroundContext = createContext<Ground | null>(null);
export const useGround = () => useContext(GroundContext)!;

interface Props {
  plan: FloorPlan & { picture: NonNullable<FloorPlan['picture']> };
  /** Is brought into sight when it changes. */
  reveal: Point | null;
  /** A door was dragged here; none: nothing can be. */
  onDrop?: (door: string, at: Point) => void;
  onGround?: (ground: Ground) => void;
  /** What lies on the picture. */
  children: ReactNode;
  /** What lies on the frame. */
  over?: ReactNode;
}

/** A picture that is moved and zoomed by mouse, fingers and keys, without drawing anything anew. */
export function PlanView({ plan, reveal, onDrop, onGround, children, over }: Props) {
  const { t } = useTranslation();
  const { picture } = plan;
  const frame = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const view = useRef<View>({ scale: 1, x: 0, y: 0 });
  const pointers = useRef(new Map<number, Point>());
  const began = useRef<Point | null>(null);

  const size = useCallback(() => {
    const { clientWidth, clientHeight } = frame.current!;
    return { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) };
  }, []);
  const show = useCallback((next: View) => {
    view.current = next;
    const { style } = layer.current!;
    style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
    style.setProperty('--grow', String(1 / next.scale));
  }, []);
  const inFrame = useCallback((client: Point): Point => {
    const { left, top } = frame.current!.getBoundingClientRect();
    return { x: client.x - left, y: client.y - top };
  }, []);
  const zoom = useCallback(
    (factor: number, at?: Point) => {
      const room = size();
      const centre = { x: room.width / 2, y: room.height / 2 };
      show(zoomed(view.current, factor, at ?? centre, picture, room));
    },
    [picture, show, size],
  );
  const fit = useCallback(() => show(fitted(picture, size())), [picture, show, size]);

  useEffect(() => {
    fit();
    const watched = new ResizeObserver(() => frame.current && fit());
    watched.observe(frame.current!);
    return () => watched.disconnect();
  }, [fit]);
  useEffect(() => {
    // React listens to wheels passively, and then the page would scroll as well.
    const element = frame.current!;
    const onWheel = (turn: WheelEvent) => {
      turn.preventDefault();
      zoom(
        Math.exp(-turn.deltaY * (turn.deltaMode === 1 ? 0.05 : 0.0016)),
        inFrame({ x: turn.clientX, y: turn.clientY }),
      );
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [inFrame, zoom]);
  const [revealX, revealY] = [reveal?.x, reveal?.y];
  useEffect(() => {
    if (revealX === undefined || revealY === undefined) return;
    show(revealing(view.current, { x: revealX, y: revealY }, picture, size()));
  }, [revealX, revealY, picture, show, size]);

  const onPointerDown = (press: PointerEvent) => {
    if (press.button !== 0) return;
    pointers.current.set(press.pointerId, inFrame({ x: press.clientX, y: press.clientY }));
    began.current = inFrame({ x: press.clientX, y: press.clientY });
  };
  const onPointerMove = (move: PointerEvent) => {
    const known = pointers.current;
    const before = known.get(move.pointerId);
    if (!before) return;
    const at = inFrame({ x: move.clientX, y: move.clientY });
    if (began.current && known.size === 1) {
      if (distance(began.current, at) < still) return;
      began.current = null;
      frame.current!.setPointerCapture(move.pointerId);
    }
    const from = [...known.values()];
    known.set(move.pointerId, at);
    const to = [...known.values()];
    if (from.length === 1)
      show(panned(view.current, { x: at.x - before.x, y: at.y - before.y }, picture, size()));
    else if (from.length === 2)
      show(pinched(view.current, [from[0]!, from[1]!], [to[0]!, to[1]!], picture, size()));
  };
  const onPointerEnd = (end: PointerEvent) => pointers.current.delete(end.pointerId);

  const onKeyDown = (press: KeyboardEvent) => {
    if (press.target !== press.currentTarget && press.key.startsWith('Arrow')) return;
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    const pans: Record<string, Point> = {
      ArrowLeft: { x: pan_step, y: 0 },
      ArrowRight: { x: -pan_step, y: 0 },
      ArrowUp: { x: 0, y: pan_step },
      ArrowDown: { x: 0, y: -pan_step },
    };
    const by = pans[press.key];
    if (by) show(panned(view.current, by, picture, size()));
    else if (press.key === '+' || press.key === '=') zoom(zoom_step);
    else if (press.key === '-') zoom(1 / zoom_step);
    else if (press.key === '0') fit();
    else return;
    press.preventDefault();
  };

  const ground = useMemo<Ground>(
    () => ({
      shareAt: (client) => shareAt(view.current, inFrame(client), picture),
      nudged: (share, by) => {
        const at = pointOf(view.current, share, picture);
        return shareAt(view.current, { x: at.x + by.x, y: at.y + by.y }, picture);
      },
      middle: () => {
        const room = size();
        return shareAt(view.current, { x: room.width / 2, y: room.height / 2 }, picture);
      },
    }),
    [inFrame, picture, size],
  );
  useEffect(() => {
    onGround?.(ground);
  }, [ground, onGround]);

  const isDoor = (drag: DragEvent) => drag.dataTransfer.types.includes(dragged_as);
  return (
    <div className={css.stage}>
      <div
        ref={frame}
        className={css.frame}
        role="group"
        tabIndex={0}
        aria-label={t('map.plan_of', { plan: plan.name })}
        aria-describedby="map-keys"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerEnd}
        onPointerCancel={onPointerEnd}
        onPointerLeave={onPointerEnd}
        onKeyDown={onKeyDown}
        onDragOver={onDrop && ((drag) => isDoor(drag) && drag.preventDefault())}
        onDrop={
          onDrop &&
          ((drop) => {
            if (!isDoor(drop)) return;
            drop.preventDefault();
            onDrop(
              drop.dataTransfer.getData(dragged_as),
              ground.shareAt({ x: drop.clientX, y: drop.clientY }),
            );
          })
        }
      >
        <div ref={layer} className={css.layer} style={{ width: picture.width, height: picture.height }}>
          <img
            src={`/api/v1/floor-plans/${plan.id}/picture?tag=${picture.tag}`}
            width={picture.width}
            height={picture.height}
            alt=""
            draggable={false}
          />
          <GroundContext.Provider value={ground}>{children}</GroundContext.Provider>
        </div>
      </div>
      <p id="map-keys" className="hidden-text">
        {t('map.keys')}
      </p>
      <div className={css.zoom}>
        <ZoomButton label={t('map.zoom_in')} onClick={() => zoom(zoom_step)} children={<PlusOutlined />} />
        <ZoomButton
          label={t('map.zoom_out')}
          onClick={() => zoom(1 / zoom_step)}
          children={<MinusOutlined />}
        />
        <ZoomButton label={t('map.zoom_fit')} onClick={fit} children={<CompressOutlined />} />
      </div>
      {over}
    </div>
  );
}

function ZoomButton({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button type="button" title={label} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}
