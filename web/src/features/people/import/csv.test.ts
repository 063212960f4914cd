import { describe, expect, it } from 'vitest';

import { csvOf, decode, parseCsv, Unreadable } from './csv';

const bytes = (...parts: (number[] | string)[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );

describe('a table as text', () => {
  it('has commas, semicolons or tabs', () => {
    for (const text of ['a,b;c\n1,2', 'a;b;c\n1;2', 'a\tb,c\td\n1\t2', 'sep=|\r\na|b\r\n1|2']) {
      expect(parseCsv(text).rows[1], text).toEqual(['1', '2']);
    }
  });

  it('may have separators and line ends inside of quotes, and says on which line a row begins', () => {
    const { rows, lines } = parseCsv(
      'id,"full, name"\r\n1,"Anna ""Ann""\r\nBerger"\r\n\r\n , \r\n2, Ben \r\n3,"x" \r',
    );
    expect(rows).toEqual([
      ['id', 'full, name'],
      ['1', 'Anna "Ann"\r\nBerger'],
      ['2', 'Ben'],
      ['3', 'x'],
    ]);
    expect(lines).toEqual([1, 2, 6, 7]);
  });

  it('knows a quote inside of a text from one around it', () => {
    expect(parseCsv('a,b\n5" disk,""\n').rows[1]).toEqual(['5" disk', '']);
  });

  it('says where a quotation mark never closes', () => {
    expect(() => parseCsv('a,b\n1,2\n3,"4\n5,6\n')).toThrow(new Unreadable('quote', 3));
    try {
      parseCsv('a\n"b');
    } catch (error) {
      expect(error).toMatchObject({ code: 'quote', line: 2 });
    }
  });

  it('is UTF-8 with or without a mark, UTF-16 with one, or as old spreadsheets write', () => {
    expect(decode(bytes([0xef, 0xbb, 0xbf], 'Ö'), 'en')).toEqual({ text: 'Ö', encoding: 'utf-8' });
    expect(decode(bytes('张'), 'zh')).toEqual({ text: '张', encoding: 'utf-8' });
    expect(decode(bytes([0xff, 0xfe, 0x20, 0x5f]), 'en').text).toBe('张');
    expect(decode(bytes([0xd5, 0xc5]), 'zh')).toEqual({ text: '张', encoding: 'gb18030' });
    expect(decode(bytes([0xd6]), 'en')).toEqual({ text: 'Ö', encoding: 'windows-1252' });
  });

  it('is written so that no spreadsheet runs it, and comes back as it was', () => {
    const rows = [
      ['=HYPERLINK("http://x")', '+49 30', '-1', '@SUM(A1)', "'quoted"],
      ['a,b', 'c"d', 'e\nf', '', ' g '],
    ];
    expect(csvOf([[' =1', '\n=1', ' a']])).toContain(`' =1,"'\n=1"," a"`);
    const text = csvOf(rows);
    for (const cell of parseCsv(text.replaceAll("'", '_')).rows[0]!) expect(cell).not.toMatch(/^[=+\-@]/);
    expect(text.startsWith('\uFEFF')).toBe(true);
    expect(parseCsv(decode(new TextEncoder().encode(text), 'en').text).rows).toEqual([
      rows[0],
      ['a,b', 'c"d', 'e\nf', '', 'g'],
    ]);
  });

  it('comes back whatever it holds', () => {
    const letters = ['=', "'", '"', ',', ';', '\n', '\r\n', 'a', '张', '+', '\t'];
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let time = 0; time < 300; ++time) {
      const cell = () => `x${Array.from({ length: next(6) }, () => letters[next(letters.length)]).join('')}x`;
      const rows = Array.from({ length: 1 + next(4) }, () => Array.from({ length: 2 }, cell));
      expect(parseCsv(csvOf(rows).slice(1)).rows).toEqual(rows);
    }
  });
});
