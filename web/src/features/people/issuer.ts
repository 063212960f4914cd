// What desktop card issuers type, as the number that a door's reader reads from the same card. Every make
// types in its own way; which one is chosen once, and kept in this browser.

/** The manual's card types: which of them stands on the desk (manual 6.3.1). */
export const card_technologies = ['id', 'ic'] as const;
export type CardTechnology = (typeof card_technologies)[number];

export const issuer_formats = ['hex', 'hex_reversed', 'decimal', 'decimal_reversed', 'facility'] as const;
export type IssuerFormat = (typeof issuer_formats)[number];

export interface Issuer {
  technology: CardTechnology;
  /** Of each technology, because the same issuer may type them differently. */
  formats: Record<CardTechnology, IssuerFormat>;
}

const first_choice: Issuer = { technology: 'id', formats: { id: 'decimal', ic: 'hex' } };
const kept_as = 'sallyport.issuer';

function isIssuer(value: unknown): value is Issuer {
  const read = value as Issuer | null;
  return (
    card_technologies.includes(read?.technology as CardTechnology) &&
    card_technologies.every((one) => issuer_formats.includes(read?.formats?.[one] as IssuerFormat))
  );
}

export function rememberedIssuer(): Issuer {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(kept_as) ?? 'null');
    return isIssuer(read) ? read : first_choice;
  } catch {
    return first_choice;
  }
}

export function rememberIssuer(issuer: Issuer): void {
  localStorage.setItem(kept_as, JSON.stringify(issuer));
}

const most = (1n << 64n) - 1n;

/** Upper-case hexadecimal of 8 or 16 digits, as controllers tell numbers. */
function textOf(number: bigint): string | null {
  if (number > most) return null;
  const digits = number.toString(16).toUpperCase();
  return digits.padStart(digits.length > 8 ? 16 : 8, '0');
}

function reversed(number: string | null): string | null {
  return number && number.match(/../g)!.reverse().join('');
}

/** Null when that is no number of this format. */
export function cardFrom(typed: string, format: IssuerFormat): string | null {
  const text = typed.trim().toUpperCase();
  switch (format) {
    case 'hex':
    case 'hex_reversed': {
      if (!/^[0-9A-F]{1,16}$/.test(text)) return null;
      const number = textOf(BigInt(`0x${text}`));
      return format === 'hex' ? number : reversed(text.length > 8 ? text.padStart(16, '0') : number);
    }
    case 'decimal':
    case 'decimal_reversed': {
      if (!/^\d{1,20}$/.test(text)) return null;
      const number = textOf(BigInt(text));
      return format === 'decimal' ? number : reversed(number);
    }
    case 'facility': {
      const [, facility, number] = /^(\d{1,3})[ ,;:.-]?(\d{5})$/.exec(text) ?? [];
      if (Number(facility) > 255 || Number(number) > 65_535 || facility === undefined) return null;
      return textOf((BigInt(facility) << 16n) | BigInt(number!));
    }
  }
}

/** Keys that no hand types so fast: an issuer's, each at its time in milliseconds. */
export function isBurst(times: readonly number[]): boolean {
  return times.length >= 4 && times.slice(1).every((time, index) => time - times[index]! <= 50);
}
