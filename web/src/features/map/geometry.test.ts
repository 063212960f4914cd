import { describe, expect, it } from 'vitest';

import { fitted, leaning, panned, pinched, pointOf, revealing, shareAt, zoomed } from './geometry';

const picture = { width: 2000, height: 1000 };
const frame = { width: 800, height: 600 };
/** What map.module.css lets a name have. */
const widest_name = 160;
const whole = fitted(picture, frame);

describe('a plan in its frame', () => {
  it('is shown as a whole, in the middle', () => {
    expect(whole).toEqual({ scale: 0.4, x: 0, y: 100 });
    expect(fitted({ width: 100, height: 100 }, frame)).toEqual({ scale: 6, x: 100, y: 0 });
  });

  it('gets larger with what is under the pointer staying there', () => {
    const at = { x: 600, y: 300 };
    const near = zoomed(whole, 2, at, picture, frame);
    expect(near.scale).toBeCloseTo(0.8);
    expect(shareAt(near, at, picture)).toEqual(shareAt(whole, at, picture));
  });

  it('is never smaller than the whole, nor larger than can be used', () => {
    expect(zoomed(whole, 0.1, { x: 0, y: 0 }, picture, frame)).toEqual(whole);
    expect(zoomed(whole, 1e9, { x: 0, y: 0 }, picture, frame).scale).toBeCloseTo(0.4 * 12);
  });

  it('is never moved out of sight', () => {
    const near = zoomed(whole, 3, { x: 400, y: 300 }, picture, frame);
    const away = panned(near, { x: 1e6, y: -1e6 }, picture, frame);
    expect(away.x).toBe(0);
    expect(away.y).toBe(600 - 1000 * near.scale);
    expect(panned(whole, { x: 50, y: 50 }, picture, frame)).toEqual(whole);
  });

  it('follows two fingers', () => {
    const from = [
      { x: 300, y: 300 },
      { x: 500, y: 300 },
    ] as const;
    const to = [
      { x: 250, y: 320 },
      { x: 650, y: 320 },
    ] as const;
    const under = shareAt(whole, { x: 400, y: 300 }, picture);
    const near = pinched(whole, from, to, picture, frame);
    expect(near.scale).toBeCloseTo(0.8);
    expect(pointOf(near, under, picture).x).toBeCloseTo(450);
    expect(pinched(whole, [from[0], from[0]], to, picture, frame).scale).toBe(whole.scale);
  });

  it('names places by their share, on the picture only', () => {
    expect(shareAt(whole, { x: 400, y: 300 }, picture)).toEqual({ x: 0.5, y: 0.5 });
    expect(shareAt(whole, { x: -5, y: 9999 }, picture)).toEqual({ x: 0, y: 1 });
    expect(pointOf(whole, { x: 0.25, y: 1 }, picture)).toEqual({ x: 200, y: 500 });
  });

  it('moves as far as needed to show a place', () => {
    const near = zoomed(whole, 4, { x: 0, y: 0 }, picture, frame);
    const shown = pointOf(revealing(near, { x: 0.9, y: 0.9 }, picture, frame), { x: 0.9, y: 0.9 }, picture);
    expect(shown).toEqual({ x: 740, y: 540 });
    expect(revealing(whole, { x: 0.5, y: 0.5 }, picture, frame)).toEqual(whole);
  });

  it('lets names near the edges of a phone lean inwards, and the others stand in the middle', () => {
    for (const width of [320, 390])
      for (let share = 0; share <= 1; share += 0.05) {
        const left = share * width - leaning(share) * widest_name;
        expect(left).toBeGreaterThan(-0.01);
        expect(left + widest_name).toBeLessThan(width + 0.01);
      }
    expect(leaning(0.25)).toBe(0.5);
    expect(leaning(0.75)).toBe(0.5);
  });
});
