// Civil time at the door. The browser's zone is never used: a door in Shanghai shows Shanghai's time.

export interface CivilTime {
  /** 2026-03-29 */
  date: string;
  /** 01:59:50 */
  time: string;
  /** +01:00 */
  offset: string;
}

export function offsetOf(rfc3339: string): string {
  const match = /([+-]\d\d:\d\d)$/.exec(rfc3339);
  return match?.[1] ?? '+00:00';
}

function offsetMinutes(offset: string): number {
  const sign = offset.startsWith('-') ? -1 : 1;
  return sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6)));
}

/** An instant as it reads on a clock at that offset; null when it is no time. */
export function civilTime(instant: number, offset: string): CivilTime | null {
  if (!Number.isFinite(instant)) return null;
  const text = new Date(instant + offsetMinutes(offset) * 60_000).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 19), offset };
}

/** The door's time now: what it said, plus the real time since it said it. */
export function ticking(said: string, elapsed: number): CivilTime | null {
  return civilTime(Date.parse(said) + elapsed, offsetOf(said));
}

export function weekday(date: string, language: string): string {
  const day = new Date(`${date}T12:00:00Z`);
  return new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(day);
}

/** From the fields of the "set time" form to what the controller takes. */
export function settingFor(date: string, time: string, offset: string): string | null {
  const seconds = /^\d\d:\d\d$/.test(time) ? `${time}:00` : time.slice(0, 8);
  const text = `${date}T${seconds}${offset}`;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(text) && Number.isFinite(Date.parse(text))
    ? text
    : null;
}
