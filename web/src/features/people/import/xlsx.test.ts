import { deflateRawSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { rowsOf } from './columns';
import { readXlsx } from './xlsx';

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [...u16(value & 65_535), ...u16(value >>> 16)];

/** A ZIP archive as spreadsheets write it; without checksums, which nobody asks for here. */
function zipOf(files: Record<string, string>, method: 0 | 8): Uint8Array<ArrayBuffer> {
  const body: number[] = [];
  const directory: number[] = [];
  for (const [name, text] of Object.entries(files)) {
    const plain = new TextEncoder().encode(text);
    const packed = method === 8 ? deflateRawSync(plain) : plain;
    const letters = [...new TextEncoder().encode(name)];
    const sizes = [...u32(0), ...u32(packed.length), ...u32(plain.length), ...u16(letters.length), ...u16(0)];
    const place = body.length;
    const head = [...u16(20), ...u16(0), ...u16(method), ...u32(0), ...sizes];
    body.push(0x50, 0x4b, 3, 4, ...head, ...letters, ...packed);
    directory.push(
      0x50,
      0x4b,
      1,
      2,
      ...u16(20),
      ...head,
      ...Array<number>(10).fill(0),
      ...u32(place),
      ...letters,
    );
  }
  const count = u16(Object.keys(files).length);
  const end = [
    0x50,
    0x4b,
    5,
    6,
    0,
    0,
    0,
    0,
    ...count,
    ...count,
    ...u32(directory.length),
    ...u32(body.length),
    0,
    0,
  ];
  return new Uint8Array([...body, ...directory, ...end]);
}

const book = (sheet: string, more: Record<string, string> = {}) => ({
  'xl/workbook.xml':
    '<workbook xmlns:r="r"><sheets><sheet name="People" sheetId="1" r:id="rId7"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels':
    '<Relationships><Relationship Id="rId7" Target="worksheets/sheet3.xml"/></Relationships>',
  'xl/worksheets/sheet3.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
  ...more,
});

describe('an Excel workbook', () => {
  const sheet =
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Since</t></is></c></row>' +
    '<row r="2"><c r="A2"/></row>' +
    '<row r="4"><c r="A4"><v>1001</v></c><c r="B4" t="str"><v>Anna</v></c>' +
    '<c r="C4" s="1"><v>46110.75</v></c></row>' +
    '<row r="5"><c r="A5"><v>1.23E+3</v></c><c r="C5" s="2"><v>46110</v></c></row>';
  const more = {
    'xl/sharedStrings.xml':
      '<sst><si><r><t>User</t></r><r><t xml:space="preserve"> ID</t></r><rPh><t>x</t></rPh></si></sst>',
    'xl/styles.xml':
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;.&quot;mm"/></numFmts>' +
      '<cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="170"/></cellXfs></styleSheet>',
  };

  it('gives the texts of its first sheet, dates as dates, with the numbers of its rows', async () => {
    for (const method of [0, 8] as const) {
      expect(await readXlsx(zipOf(book(sheet, more), method))).toEqual({
        rows: [
          ['User ID', '', 'Since'],
          ['1001', 'Anna', '2026-03-29 18:00'],
          ['1230', '', '2026-03-29'],
        ],
        lines: [1, 4, 5],
      });
    }
  });

  it('leaves a number that is no day of the calendar as it is, for the line to be named', async () => {
    const cells = ['99999999', '1e300', 'NaN', '-800000'].map(
      (value, index) => `<row r="${index + 1}"><c r="A${index + 1}" s="1"><v>${value}</v></c></row>`,
    );
    const { rows } = await readXlsx(zipOf(book(cells.join(''), more), 8));
    expect(rows).toEqual([['99999999'], ['1e300'], ['NaN'], ['-800000']]);
    const place = { branches: [], zone: 'UTC' };
    const read = rowsOf(
      {
        rows: [
          ['user_id', 'birthday'],
          ['1', '99999999'],
        ],
        lines: [1, 2],
      },
      place,
    );
    expect(read.faults).toMatchObject([{ line: 2, column: 'birthday', code: 'date' }]);
  });

  it('says what is wrong with a file that is none', async () => {
    const failed = (file: Uint8Array<ArrayBuffer>) => readXlsx(file).then(String, (error: unknown) => error);
    expect(await failed(new Uint8Array([1, 2, 3]))).toMatchObject({ code: 'zip' });
    expect(await failed(new Uint8Array([0xd0, 0xcf, 0x11]))).toMatchObject({ code: 'old_excel' });
    expect(await failed(zipOf({ 'a.txt': 'a' }, 0))).toMatchObject({ code: 'workbook' });
    expect(await failed(zipOf(book('<row>'), 0))).toMatchObject({ code: 'workbook' });
    const whole = zipOf(book(sheet), 8);
    expect(await failed(whole.slice(0, whole.length / 2))).toMatchObject({ code: 'zip' });
  });

  it('does not grow without bounds', async () => {
    const huge = zipOf(book(' '.repeat((64 << 20) + 1)), 8);
    expect(huge.length).toBeLessThan(1 << 20);
    await expect(readXlsx(huge)).rejects.toMatchObject({ code: 'too_large' });
  });
});
