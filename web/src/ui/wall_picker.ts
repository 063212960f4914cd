// Date pickers know no zones: they are fed the wall-clock time of the site's zone and read back as such.
import type { Dayjs } from 'dayjs';
import dayjs from 'dayjs';

import { instantOf, wallOf } from './time';

export function toPicker(at: string, zone: string): Dayjs {
  const wall = wallOf(new Date(at), zone);
  return dayjs(new Date(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second));
}

export function fromPicker(picked: Dayjs, zone: string): string {
  return instantOf(
    {
      year: picked.year(),
      month: picked.month() + 1,
      day: picked.date(),
      hour: picked.hour(),
      minute: picked.minute(),
      second: picked.second(),
    },
    zone,
  ).toISOString();
}
