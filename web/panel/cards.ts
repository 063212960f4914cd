// The cards that lie on the desk. A number is the payload as upper-case hexadecimal, as everywhere.

export interface Card {
  number: string;
  own: boolean;
}

const given = ['04A1B2C3', '0052F1D7', '7A3C19E0', '00C0FFEE'];
const shelf = 'sallyport-panel-cards';

/** The full form of a typed number (8 digits, 16 for longer ones), or null when it is none. */
export function cardNumber(typed: string): string | null {
  const digits = typed.replace(/[\s:-]/g, '').toUpperCase();
  if (!/^[0-9A-F]{1,16}$/.test(digits)) return null;
  return digits.padStart(digits.length > 8 ? 16 : 8, '0');
}

export function groupedNumber(number: string): string {
  return number.replace(/(.{4})(?=.)/g, '$1 ');
}

export class CardTray {
  private own: string[];

  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.own = (storage.getItem(shelf) ?? '').split(',').filter((number) => cardNumber(number) === number);
  }

  cards(): Card[] {
    return [
      ...given.map((number) => ({ number, own: false })),
      ...this.own.map((number) => ({ number, own: true })),
    ];
  }

  add(number: string): void {
    if (this.cards().some((card) => card.number === number)) return;
    this.own.push(number);
    this.save();
  }

  remove(number: string): void {
    this.own = this.own.filter((kept) => kept !== number);
    this.save();
  }

  private save(): void {
    this.storage.setItem(shelf, this.own.join(','));
  }
}
