// A week of periods as sets of seconds: what the grid paints and the contract carries.
import type { Period } from '../api/client';

export interface Span {
  from: number; // seconds of the day, 0-86400
  to: number; // excluded
}

export type Day = readonly Span[];
export type Week = readonly Day[]; // Monday first, 7 of them

export const day_s = 86_400;
export const day_names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const most_periods = 6;
export const emptyWeek: Week = [[], [], [], [], [], [], []];

export function secondsOf(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (!match) return null;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? '0')];
  if (minute > 59 || second > 59) return null;
  const seconds = hour * 3600 + minute * 60 + second;
  return seconds <= day_s ? seconds : null;
}

export function textOf(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** 08:00 for whole minutes, 08:00:30 otherwise. */
export function briefOf(seconds: number): string {
  return seconds % 60 === 0 ? textOf(seconds).slice(0, 5) : textOf(seconds);
}

export function weekFrom(periods: readonly (readonly Period[])[]): Week {
  return emptyWeek.map((_, day) =>
    normalised(
      (periods[day] ?? []).map((period) => ({
        from: secondsOf(period.from) ?? 0,
        to: secondsOf(period.to) ?? 0,
      })),
    ),
  );
}

export function periodsOf(week: Week): Period[][] {
  return week.map((day) => day.map((span) => ({ from: textOf(span.from), to: textOf(span.to) })));
}

/** In order, without empty ones; those that touch or overlap become one. */
export function normalised(spans: readonly Span[]): Day {
  const sorted = spans.filter((span) => span.from < span.to).sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last && span.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
}

export type Brush = 'fill' | 'clear';

export function painted(day: Day, from: number, to: number, brush: Brush): Day {
  if (brush === 'fill') return normalised([...day, { from, to }]);
  return normalised(
    day.flatMap((span) => [
      { from: span.from, to: Math.min(span.to, from) },
      { from: Math.max(span.from, to), to: span.to },
    ]),
  );
}

/** A rectangle of the grid: the same hours on several days, corners in any order. */
export function paintedWeek(
  week: Week,
  days: [number, number],
  from: number,
  to: number,
  brush: Brush,
): Week {
  const [first, last] = days[0] <= days[1] ? days : [days[1], days[0]];
  return week.map((day, index) => (index >= first && index <= last ? painted(day, from, to, brush) : day));
}

export function holds(day: Day, second: number): boolean {
  return day.some((span) => span.from <= second && second < span.to);
}

export function copied(week: Week, source: number, targets: readonly number[]): Week {
  return week.map((day, index) => (targets.includes(index) ? week[source]! : day));
}

export function overfull(week: Week): number[] {
  return week.flatMap((day, index) => (day.length > most_periods ? [index] : []));
}

export function sameWeek(a: Week, b: Week): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Days that have the same periods, in runs: [{days: [0,4], spans}, ...], days without any left out. */
export function runsOf(week: Week): { first: number; last: number; spans: Day }[] {
  const runs: { first: number; last: number; spans: Day }[] = [];
  week.forEach((spans, day) => {
    const last = runs.at(-1);
    if (last && last.last === day - 1 && JSON.stringify(last.spans) === JSON.stringify(spans))
      last.last = day;
    else runs.push({ first: day, last: day, spans });
  });
  return runs.filter((run) => run.spans.length > 0);
}

/** Reads "08:00-12:00, 13:00-17:30"; null when it is not understood or periods overlap. */
export function spansFrom(text: string): Day | null {
  const parts = text.split(/[,;，；]/).filter((part) => part.trim() !== '');
  const spans: Span[] = [];
  for (const part of parts) {
    const [from, to, ...rest] = part.split(/[-–]/).map((side) => secondsOf(side));
    if (from === null || from === undefined || to === null || to === undefined || rest.length > 0)
      return null;
    if (from >= to || from >= day_s) return null;
    spans.push({ from, to });
  }
  spans.sort((a, b) => a.from - b.from);
  for (let i = 1; i < spans.length; i++) if (spans[i]!.from < spans[i - 1]!.to) return null;
  return normalised(spans);
}

export function spansText(day: Day): string {
  return day.map((span) => `${briefOf(span.from)}-${briefOf(span.to)}`).join(', ');
}
