// Instants shown and typed as wall-clock time of the site's zone, whatever zone the browser is in.

export interface Wall {
  year: number;
  month: number; // 1-12
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

const walls_kept = 1000;
const walls = new Map<string, Readonly<Wall>>();

/** A list of what happens now asks for the same seconds over and over: they are kept. */
export function wallOf(at: Date, zone: string): Readonly<Wall> {
  const key = `${Math.floor(at.getTime() / 1000)} ${zone}`;
  const known = walls.get(key);
  if (known) return known;
  const parts: Record<string, number> = {};
  for (const part of formatOf(zone).formatToParts(at)) parts[part.type] = Number(part.value);
  const wall = {
    year: parts.year!,
    month: parts.month!,
    day: parts.day!,
    hour: parts.hour!,
    minute: parts.minute!,
    second: parts.second!,
  };
  if (walls.size >= walls_kept) walls.clear();
  walls.set(key, wall);
  return wall;
}

/** Seconds that the zone is ahead of UTC at that instant. */
export function offsetOf(at: Date, zone: string): number {
  const wall = wallOf(at, zone);
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  return Math.round((asUtc - Math.floor(at.getTime() / 1000) * 1000) / 1000);
}

/**
 * The instant of a wall-clock time. An hour that happens twice means its first pass; one that is left out in
 * spring means as much later as the clocks jump.
 */
export function instantOf(wall: Wall, zone: string): Date {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  const before = offsetOf(new Date(asUtc - 86_400_000), zone);
  const after = offsetOf(new Date(asUtc + 86_400_000), zone);
  for (const offset of before > after ? [before, after] : [before, after].reverse()) {
    const candidate = new Date(asUtc - offset * 1000);
    if (offsetOf(candidate, zone) === offset) return candidate;
  }
  return new Date(asUtc - before * 1000);
}

const two = (value: number) => String(value).padStart(2, '0');

export function clockText(wall: Wall): string {
  return `${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)}`;
}

export function dateText(wall: Wall): string {
  return `${wall.year}-${two(wall.month)}-${two(wall.day)}`;
}

/** HH:MM:SS, with the date before it when that is not today, and the year when it is not this one. */
export function shortTime(at: Date, zone: string, language: string, now = new Date()): string {
  const wall = wallOf(at, zone);
  const today = wallOf(now, zone);
  if (wall.year === today.year && wall.month === today.month && wall.day === today.day)
    return clockText(wall);
  return `${shortDate(wall, language, today.year)} ${clockText(wall)}`;
}

export function shortDate(wall: Wall, language: string, thisYear: number): string {
  const year = wall.year !== thisYear;
  if (language === 'zh') return `${year ? `${wall.year}年` : ''}${wall.month}月${wall.day}日`;
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    wall.month - 1
  ];
  return `${wall.day} ${month}${year ? ` ${wall.year}` : ''}`;
}

/** Everything there is to know about an instant: date, milliseconds, offset and zone. */
export function exactTime(at: Date, zone: string): string {
  const wall = wallOf(at, zone);
  const offset = offsetOf(at, zone);
  const minutes = Math.abs(Math.trunc(offset / 60));
  const sign = offset < 0 ? '-' : '+';
  const ms = String(at.getUTCMilliseconds()).padStart(3, '0');
  const shift = `${sign}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
  return `${dateText(wall)} ${clockText(wall)}.${ms} ${shift} (${zone})`;
}

export function startOfDay(at: Date, zone: string, plusDays = 0): Date {
  const wall = wallOf(at, zone);
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + plusDays));
  return instantOf(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: 0,
      minute: 0,
      second: 0,
    },
    zone,
  );
}
