/** 192.168.1.20 as a number; null: no IPv4 address. */
export function numberOf(address: string): number | null {
  const parts = address.trim().split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return null;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

const textOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** So many addresses one after the other, without those that end in 0 or 255; null: there are not so many. */
export function following(first: string, count: number): string[] | null {
  const from = numberOf(first);
  if (from === null) return null;
  const all: string[] = [];
  for (let number = from; all.length < count; number++) {
    if (number > 0xdfff_ffff) return null; // 223.255.255.255: beyond it nothing is a host's
    if (number % 256 !== 0 && number % 256 !== 255) all.push(textOf(number));
  }
  return all;
}
