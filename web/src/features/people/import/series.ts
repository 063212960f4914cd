// A numbered series of people, such as visitors, and the cards that they get one after the other.
import type { ImportRow } from '../../../api/client';

export const series_at_most = 1_000;

export interface Series {
  /** Digits; zeros in front are kept. */
  start: string;
  count: number;
  name: string;
  department_id: string | null;
  type: NonNullable<ImportRow['type']>;
  valid_from: string | null;
  valid_to: string | null;
}

export function numbersOf({ start, count }: Pick<Series, 'start' | 'count'>): string[] {
  const first = Number(start);
  return Array.from({ length: count }, (_, index) => String(first + index).padStart(start.length, '0'));
}

/** Card numbers out of whatever stands between them, each once. */
export function cardsIn(text: string): { cards: string[]; wrong: string[] } {
  const words = text
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  const isCard = (word: string) => /^[0-9A-F]{1,16}$/.test(word);
  return { cards: [...new Set(words.filter(isCard))], wrong: words.filter((word) => !isCard(word)) };
}

export function seriesRows(series: Series, cards: readonly string[]): ImportRow[] {
  return numbersOf(series).map((user_id, index) => ({
    user_id,
    name: `${series.name} ${user_id}`.trim(),
    department_id: series.department_id,
    type: series.type,
    valid_from: series.valid_from,
    valid_to: series.valid_to,
    cards: cards[index] === undefined ? [] : [{ number: cards[index], type: 'general' }],
  }));
}
