import { placeOf } from './found_list';
import type { Candidate } from './found_list';

const most = 64;

/** What it is called until somebody says where it hangs: as short as no other of `taken` has it. */
export function defaultName(item: Candidate, taken: ReadonlySet<string>): string {
  // Who dials in is found by its serial number, and says from where.
  const serial = item.port === 0 ? item.address : item.serial;
  const ends =
    item.model === '' || serial === '' ? [serial] : [4, 8, 64].map((count) => serial.slice(-count));
  const names = ends.filter(Boolean).map((end) => `${item.model} ${end}`.trim());
  const name = [...names, placeOf(item)].find((one) => !taken.has(one)) ?? placeOf(item);
  return name.slice(0, most);
}
