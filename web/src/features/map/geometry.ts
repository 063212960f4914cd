// Where things are on a plan: shares of the picture's sides on one hand, pixels of the frame that shows it on
// the other. Pure.

export interface Size {
  width: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}
/** How a picture lies in its frame: pixels of the frame for one of the picture, and where its corner is. */
export interface View extends Point {
  scale: number;
}

/** From the whole picture in the frame to this many times larger. */
const closest = 12;
/** A mark this near to the edge of the frame is as good as not seen. */
const margin = 60;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
export const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

/** The whole picture, in the middle. */
export function fitted(picture: Size, frame: Size): View {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  return kept({ scale, x: 0, y: 0 }, picture, frame);
}

/** Neither too small nor too large, and never out of sight. */
function kept(view: View, picture: Size, frame: Size): View {
  const along = (at: number, side: number, room: number) => {
    const spare = room - side * view.scale;
    return spare >= 0 ? spare / 2 : clamp(at, spare, 0);
  };
  return {
    scale: view.scale,
    x: along(view.x, picture.width, frame.width),
    y: along(view.y, picture.height, frame.height),
  };
}

/** Larger or smaller by a factor, with what is at `at` staying there. */
export function zoomed(view: View, factor: number, at: Point, picture: Size, frame: Size): View {
  const whole = fitted(picture, frame).scale;
  const scale = clamp(view.scale * factor, whole, whole * closest);
  const grown = scale / view.scale;
  return kept(
    { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown },
    picture,
    frame,
  );
}

export function panned(view: View, by: Point, picture: Size, frame: Size): View {
  return kept({ ...view, x: view.x + by.x, y: view.y + by.y }, picture, frame);
}

/** Two fingers went from here to there. */
export function pinched(
  view: View,
  from: readonly [Point, Point],
  to: readonly [Point, Point],
  picture: Size,
  frame: Size,
): View {
  const apart = distance(...from);
  const [was, is] = [middle(...from), middle(...to)];
  const grown = zoomed(view, apart > 0 ? distance(...to) / apart : 1, was, picture, frame);
  return panned(grown, { x: is.x - was.x, y: is.y - was.y }, picture, frame);
}

/** What of the picture is at a point of the frame; of what is beside it, the nearest. */
export function shareAt(view: View, at: Point, picture: Size): Point {
  const share = (pixels: number, side: number) =>
    Math.round(clamp(pixels / (side * view.scale), 0, 1) * 1e6) / 1e6;
  return { x: share(at.x - view.x, picture.width), y: share(at.y - view.y, picture.height) };
}

export function pointOf(view: View, share: Point, picture: Size): Point {
  return {
    x: view.x + share.x * picture.width * view.scale,
    y: view.y + share.y * picture.height * view.scale,
  };
}

/** How much of a name stands left of what it names, so that one near the edge of a plan leans inwards. */
export function leaning(share: number): number {
  return share < 0.25 ? share * 2 : share > 0.75 ? share * 2 - 1 : 0.5;
}

/** The same view, moved as far as needed for something to be well inside the frame. */
export function revealing(view: View, share: Point, picture: Size, frame: Size): View {
  const at = pointOf(view, share, picture);
  const missing = (place: number, room: number) =>
    clamp(place, margin, Math.max(margin, room - margin)) - place;
  return panned(view, { x: missing(at.x, frame.width), y: missing(at.y, frame.height) }, picture, frame);
}
