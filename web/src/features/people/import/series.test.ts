import { describe, expect, it } from 'vitest';

import { cardsIn, numbersOf, seriesRows } from './series';

describe('a series of people', () => {
  it('counts on and keeps zeros in front', () => {
    expect(numbersOf({ start: '0098', count: 4 })).toEqual(['0098', '0099', '0100', '0101']);
    expect(numbersOf({ start: '99', count: 2 })).toEqual(['99', '100']);
  });

  it('takes cards out of whatever stands between them, each once', () => {
    expect(cardsIn('a1, A1\n b2;c3\tcard')).toEqual({ cards: ['A1', 'B2', 'C3'], wrong: ['CARD'] });
  });

  it('gives each the next card as long as there is one', () => {
    const limits = { department_id: null, valid_from: null, valid_to: null };
    const rows = seriesRows({ start: '7', count: 2, name: 'Visitor', type: 'guest', ...limits }, ['A1']);
    expect(rows.map(({ user_id, name }) => [user_id, name])).toEqual([
      ['7', 'Visitor 7'],
      ['8', 'Visitor 8'],
    ]);
    expect(rows.map((row) => row.cards?.length)).toEqual([1, 0]);
  });
});
