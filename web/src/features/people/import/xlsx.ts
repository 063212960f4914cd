// The first sheet of an Excel workbook (ECMA-376) as texts. Only what a table needs is looked at: no
// formulas, no macros, and nothing is fetched. Parts are bounded after decompression.
import { Unreadable } from './csv';

const part_bytes = 64 << 20;
const entries_at_most = 1_000;

type Parts = Map<string, () => Promise<string>>;

async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Response(packed).body!.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Unreadable('zip');
    });
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > part_bytes) {
      void reader.cancel();
      throw new Unreadable('too_large');
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** The files of a ZIP archive, by its directory at the end. */
function partsOf(bytes: Uint8Array<ArrayBuffer>): Parts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) --end;
  if (end < 0) throw new Unreadable('zip');
  const parts: Parts = new Map();
  const count = Math.min(view.getUint16(end + 10, true), entries_at_most);
  for (let entry = 0, at = view.getUint32(end + 16, true); entry < count; ++entry) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Unreadable('zip');
    const method = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    parts.set(name.replace(/^\//, ''), async () => {
      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const packed = bytes.subarray(from, from + size);
      if (method === 0) return new TextDecoder().decode(packed);
      if (method !== 8) throw new Unreadable('zip');
      return inflate(packed);
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return parts;
}

const all = (node: Document | Element, name: string) => [...node.getElementsByTagNameNS('*', name)];

async function xmlOf(parts: Parts, name: string): Promise<Document | null> {
  const text = await parts.get(name)?.();
  if (text === undefined) return null;
  const document = new DOMParser().parseFromString(text, 'application/xml');
  if (document.getElementsByTagName('parsererror').length > 0) throw new Unreadable('workbook');
  return document;
}

async function firstSheet(parts: Parts): Promise<{ sheet: Document; epoch: number }> {
  const workbook = await xmlOf(parts, 'xl/workbook.xml');
  const relations = await xmlOf(parts, 'xl/_rels/workbook.xml.rels');
  const id = workbook && all(workbook, 'sheet')[0]?.getAttribute('r:id');
  const target =
    relations &&
    all(relations, 'Relationship')
      .find((one) => one.getAttribute('Id') === id)
      ?.getAttribute('Target');
  if (!workbook || !target) throw new Unreadable('workbook');
  const sheet = await xmlOf(parts, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  if (!sheet) throw new Unreadable('workbook');
  const since1904 = /^(1|true)$/.test(all(workbook, 'workbookPr')[0]?.getAttribute('date1904') ?? '');
  return { sheet, epoch: since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30) };
}

/** Which cell formats show a number as a date. */
async function dateFormats(parts: Parts): Promise<boolean[]> {
  const styles = await xmlOf(parts, 'xl/styles.xml');
  if (!styles) return [];
  const own = new Map(
    all(styles, 'numFmt').map((format) => [
      format.getAttribute('numFmtId'),
      /[ymdhs]/i.test((format.getAttribute('formatCode') ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')),
    ]),
  );
  const formats = all(styles, 'cellXfs')[0];
  return all(formats ?? styles, 'xf').map((format) => {
    const id = format.getAttribute('numFmtId');
    const number = Number(id);
    return own.get(id) ?? ((number >= 14 && number <= 22) || (number >= 45 && number <= 47));
  });
}

/** What lies beyond the calendar stays a number, which is no date where one is looked for. */
function dateText(value: string, epoch: number): string {
  const at = new Date(epoch + Math.round(Number(value) * 86_400) * 1_000);
  if (!(at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9_999)) return value;
  const text = at.toISOString();
  const time = text.slice(11, 16);
  return time === '00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${time}`;
}

/** A number as it was meant: 1E+3 is how the file says 1000. */
function numberText(text: string): string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? String(value) : text;
}

/** "AB12" -> 27 */
function columnOf(reference: string): number {
  let column = 0;
  for (const char of reference) {
    const digit = char.charCodeAt(0) - 64;
    if (digit < 1 || digit > 26) break;
    column = column * 26 + digit;
  }
  return column - 1;
}

const columns_at_most = 200;

export async function readXlsx(
  file: Uint8Array<ArrayBuffer>,
): Promise<{ rows: string[][]; lines: number[] }> {
  if (file[0] === 0xd0 && file[1] === 0xcf) throw new Unreadable('old_excel');
  let parts: Parts;
  try {
    parts = partsOf(file);
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable('zip');
  }
  const { sheet, epoch } = await firstSheet(parts);
  const isDate = await dateFormats(parts);
  const shared = await xmlOf(parts, 'xl/sharedStrings.xml');
  const textIn = (node: Element) =>
    all(node, 't')
      .filter((text) => text.parentElement?.localName !== 'rPh')
      .map((text) => text.textContent ?? '')
      .join('');
  const strings = shared ? all(shared, 'si').map(textIn) : [];
  const cellText = (cell: Element): string => {
    const type = cell.getAttribute('t');
    if (type === 'inlineStr') return textIn(cell);
    const value = all(cell, 'v')[0]?.textContent ?? '';
    if (type === 's') return strings[Number(value)] ?? '';
    if (value === '' || (type !== null && type !== 'n')) return value;
    return isDate[Number(cell.getAttribute('s') ?? 0)] ? dateText(value, epoch) : numberText(value);
  };
  const rows: string[][] = [];
  const lines: number[] = [];
  for (const [index, row] of all(sheet, 'row').entries()) {
    const cells: string[] = [];
    for (const [place, cell] of all(row, 'c').entries()) {
      const reference = cell.getAttribute('r');
      const column = reference === null ? place : columnOf(reference);
      if (column >= 0 && column < columns_at_most) cells[column] = cellText(cell).trim();
    }
    const full = Array.from(cells, (cell) => cell ?? '');
    if (full.every((cell) => cell === '')) continue;
    rows.push(full);
    lines.push(Number(row.getAttribute('r') ?? index + 1));
  }
  return { rows, lines };
}
