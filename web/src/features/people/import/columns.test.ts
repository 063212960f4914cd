import { describe, expect, it } from 'vitest';

import type { Person, PersonField } from '../../../api/client';
import { en } from '../../../ui/words/en';
import { zh } from '../../../ui/words/zh';
import { placed } from '../../organisation/branches';
import { columnName, columnOfField, columns, readDate, rowsOf, sheetOf } from './columns';
import { csvOf, parseCsv } from './csv';

const branch = (id: string, name: string, parent_id: string | null = null) => ({
  id,
  name,
  parent_id,
  revision: 1,
  count: 0,
});
const place = {
  branches: placed([
    branch('1', 'Plant'),
    branch('2', 'Night', '1'),
    branch('3', 'Yard'),
    branch('4', 'Night', '3'),
  ]),
  zone: 'Europe/Berlin',
};
const fields: PersonField[] = [
  { id: '7', name: 'Locker', kind: 'text', required: false },
  { id: '8', name: 'Height', kind: 'number', required: false },
  { id: '9', name: 'Since', kind: 'date', required: false },
  { id: '10', name: 'Shift', kind: 'choice', required: false, choices: ['Blue', 'Red'] },
];
const read = (...rows: string[][]) => rowsOf({ rows, lines: rows.map((_, index) => index + 1) }, place);
const faultsOf = (...rows: string[][]) =>
  read(...rows).faults.map(({ line, column, code }) => `${line} ${column} ${code}`);

describe('a file of people', () => {
  it('names its columns in either language or as the contract does, and the others are left out', () => {
    for (const head of [
      ['User ID', 'NAME', 'Shoe size'],
      ['用户编号', '姓名', '鞋码'],
      ['user_id', 'name', 'shoe_size'],
    ]) {
      const { rows, ignored } = read(head, ['7', 'Anna', '43']);
      expect(rows).toEqual([{ user_id: '7', name: 'Anna' }]);
      expect(ignored).toEqual([head[2]]);
    }
  });

  it('says what an empty cell says: nothing', () => {
    expect(read(['user_id', 'name', 'pin', 'cards'], ['7', '', '', '']).rows).toEqual([{ user_id: '7' }]);
  });

  it('reads what people write', () => {
    const head = [
      'user_id',
      'department',
      'type',
      'valid_from',
      'valid_to',
      'uses',
      'cards',
      'gender',
      'birthday',
    ];
    const { rows, faults } = read(
      head,
      ['1', 'plant/night', 'VIP', '2026-07-01 08:30', '2026-12-31', '5', 'a1, b2;C3', '女', '29.3.1984'],
      ['2', 'yard', '访客', '2026/1/1', '2026.3.28 07:00', '', '', 'Male', '1984年3月29日'],
    );
    expect(faults).toEqual([]);
    expect(rows[0]).toMatchObject({
      department_id: '2',
      type: 'vip',
      valid_from: '2026-07-01T06:30:00.000Z',
      valid_to: '2026-12-31T23:00:00.000Z',
      uses: 5,
      details: { gender: 'female', birthday: '1984-03-29' },
    });
    expect(rows[0]!.cards!.map((card) => card.number)).toEqual(['A1', 'B2', 'C3']);
    expect(rows[1]).toMatchObject({
      department_id: '3',
      type: 'guest',
      valid_from: '2025-12-31T23:00:00.000Z',
      valid_to: '2026-03-28T06:00:00.000Z',
      details: { gender: 'male', birthday: '1984-03-29' },
    });
  });

  it('takes the time at which somebody began or left, with or without a time of the day', () => {
    const { rows, faults } = read(
      ['user_id', 'Entry time', 'Last day at work'],
      ['1', '2022-06-08 20:18:31', '9.6.2031'],
    );
    expect(faults).toEqual([]);
    expect(rows[0]!.details).toEqual({ entered_on: '2022-06-08T20:18', left_on: '2031-06-09' });
  });

  it('says by line and column what it cannot read', () => {
    expect(
      faultsOf(
        ['user_id', 'department', 'type', 'valid_to', 'uses', 'birthday'],
        ['1', 'Night', 'boss', '3/29/2026', 'many', '1984-02-30'],
        ['2', 'Attic', '', '2026-01-01 25:00', '', ''],
      ),
    ).toEqual([
      '2 department department_several',
      '2 type word',
      '2 valid_to date',
      '2 uses number',
      '2 birthday date',
      '3 department department_none',
      '3 valid_to date',
    ]);
    expect(faultsOf(['user_id', 'pin', 'cards'], ['a b', '12a', 'A1 XY'])).toEqual([
      '2 user_id user_id',
      '2 pin pin',
      '2 cards card',
    ]);
    expect(faultsOf(['name'], ['Anna'])).toEqual(['1 user_id no_column']);
    expect(faultsOf(['user_id', 'name', 'Name'], ['1', 'Anna', 'Ann'])).toEqual(['1 name column_twice']);
    expect(readDate('2026-13-01')).toBeNull();
  });

  it('finds the column of what the platform complains of', () => {
    expect(columnOfField('cards.0.number')).toBe('cards');
    expect(columnOfField('details.birthday')).toBe('birthday');
    expect(columnOfField('department_id')).toBe('department');
    expect(columnOfField('')).toBeNull();
  });

  it('comes back from an export as it was, without PINs', () => {
    const person: Person = {
      id: '9',
      user_id: '0007',
      name: '=Anna',
      type: 'vip',
      valid_from: '2026-07-01T06:30:00.000Z',
      valid_to: '2026-12-31T23:00:00.000Z',
      uses: 3,
      has_pin: true,
      cards: [
        { number: '04A1B2C3', type: 'general', status: 'active' },
        { number: '000000A2', type: 'general', status: 'lost' },
      ],
      remark: 'two\nlines',
      department_id: '2',
      photo: null,
      administrator: true,
      custom: { '7': 'B 12', '8': '2.5' },
      details: {
        gender: 'female',
        phone: '+49 30 1234',
        birthday: '1984-03-29',
        id_type: 'passport',
        entered_on: '2026-03-29T08:30',
      },
      revision: 1,
      created_at: '2026-01-01T00:00:00Z',
      changed_at: '2026-01-01T00:00:00Z',
    };
    for (const words of [en, zh]) {
      const say = (group: keyof typeof words, word: string) =>
        (words[group] as Record<string, string>)[word]!;
      const own = { ...place, fields };
      const { rows, faults, ignored } = rowsOf(parseCsv(csvOf(sheetOf([person], own, say)).slice(1)), own);
      expect([faults, ignored]).toEqual([[], []]);
      expect(rows[0]).toMatchObject({
        user_id: '0007',
        name: '=Anna',
        type: 'vip',
        valid_from: person.valid_from,
        valid_to: person.valid_to,
        uses: 3,
        remark: 'two\nlines',
        department_id: '2',
        details: person.details,
        custom: person.custom,
        administrator: true,
      });
      expect(rows[0]!.cards!.length).toBe(2);
      expect(rows[0]).not.toHaveProperty('pin');
    }
  });

  it('reads what the site has made of its own', () => {
    const own = { ...place, fields };
    const row = (text: string, head: string) =>
      rowsOf(
        {
          rows: [
            ['user_id', head],
            ['1', text],
          ],
          lines: [1, 2],
        },
        own,
      );
    expect(row('B 12', ' locker ').rows[0]!.custom).toEqual({ '7': 'B 12' });
    expect(row('2,5', 'Height').rows[0]!.custom).toEqual({ '8': '2.5' });
    expect(row('29.3.2026', 'Since').rows[0]!.custom).toEqual({ '9': '2026-03-29' });
    expect(row('BLUE', 'Shift').rows[0]!.custom).toEqual({ '10': 'Blue' });
    expect(row('x', 'Height').faults[0]).toMatchObject({ column: 'custom.8', code: 'number' });
    expect(row('green', 'Shift').faults[0]).toMatchObject({ column: 'custom.10', code: 'word' });
    expect(columnOfField('custom.8')).toBe('custom.8');
    expect(columnName('custom.8', own, (known) => known)).toBe('Height');
  });

  it('has a word for each column', () => {
    for (const column of columns) expect(en.person_columns[column]).toBeTruthy();
  });
});
