// Tables as text, as spreadsheets write and read them.

/** A file that cannot be read as a table; the code is a word of `imports.unreadable`. */
export class Unreadable extends Error {
  constructor(
    readonly code: 'quote' | 'zip' | 'workbook' | 'too_large' | 'old_excel',
    readonly line = 0,
  ) {
    super(code);
  }
}

export interface Sheet {
  rows: string[][];
  /** The line of the file, from 1, on which each row begins. */
  lines: number[];
  encoding: string;
}

const marks: [number[], string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** With or without a byte order mark; what is not UTF-8 is as old spreadsheets write in that language. */
export function decode(bytes: Uint8Array, language: string): { text: string; encoding: string } {
  const marked = marks.find(([mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return { text: new TextDecoder(marked[1]).decode(bytes), encoding: marked[1] };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    const encoding = language === 'zh' ? 'gb18030' : 'windows-1252';
    return { text: new TextDecoder(encoding).decode(bytes), encoding };
  }
}

function separatorOf(text: string): string {
  const counts = new Map([',', ';', '\t'].map((separator) => [separator, 0]));
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (!quoted && (char === '\n' || char === '\r')) break;
    if (!quoted && counts.has(char)) counts.set(char, counts.get(char)! + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** What a spreadsheet would take for a formula: it skips what stands before it. */
const formula = /^(?:[ \t\r\n]*[=+\-@]|[\t\r])/;
const guarded = /^'(?=[ \t\r\n]*[=+\-@]|[\t\r])/;

/** Comma, semicolon or tab; quoted texts may hold separators, quotes and line ends. Empty rows go. */
export function parseCsv(text: string): Omit<Sheet, 'encoding'> {
  const named = /^sep=(.)\r?\n/.exec(text);
  const separator = named?.[1] ?? separatorOf(text);
  const rows: string[][] = [];
  const lines: number[] = [];
  let row: string[] = [];
  let cell = '';
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let line = named ? 2 : 1;
  let began = line;
  let quoteLine = line;
  const endCell = () => {
    row.push(cell.trim().replace(guarded, ''));
    cell = '';
    state = 'start';
  };
  const endRow = () => {
    endCell();
    if (row.some((one) => one !== '')) {
      rows.push(row);
      lines.push(began);
    }
    row = [];
  };
  for (let at = named?.[0].length ?? 0; at < text.length; ++at) {
    const char = text[at]!;
    const lineEnd = char === '\n' || (char === '\r' && text[at + 1] !== '\n');
    if (lineEnd) ++line;
    if (state === 'quoted') {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[++at]!;
      else state = 'closed';
    } else if (char === '"' && state === 'start' && cell.trim() === '') {
      cell = '';
      state = 'quoted';
      quoteLine = line;
    } else if (char === separator) {
      endCell();
    } else if (lineEnd) {
      endRow();
      began = line;
    } else if (char !== '\r') {
      cell += char;
      if (char !== ' ') state = 'plain';
    }
  }
  if (state === 'quoted') throw new Unreadable('quote', quoteLine);
  endRow();
  return { rows, lines };
}

function cellText(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * UTF-8 with a byte order mark, so that spreadsheets know. What would be a formula begins with an apostrophe,
 * which reading takes away again.
 */
export function csvOf(rows: readonly string[][]): string {
  return `\uFEFF${rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('')}`;
}
