// What the columns of a people file are called and how their texts are read and written.
import type { ImportRow, Person, PersonField } from '../../../api/client';
import { dateText, clockText, instantOf, wallOf } from '../../../ui/time';
import { en } from '../../../ui/words/en';
import { zh } from '../../../ui/words/zh';
import type { Placed } from '../../organisation/branches';
import type { Sheet } from './csv';
import type { LineFault } from './faults';

export const detail_columns = [
  'gender',
  'title',
  'birthday',
  'phone',
  'email',
  'address',
  'company',
  'occupation',
  'id_type',
  'id_number',
  'entered_on',
  'left_on',
] as const;
export const columns = [
  'user_id',
  'name',
  'department',
  'type',
  'valid_from',
  'valid_to',
  'uses',
  'cards',
  'pin',
  'remark',
  'administrator',
  ...detail_columns,
] as const;
type Known = (typeof columns)[number];
/** Also those that the site has made, by the id of their field. */
export type Column = Known | `custom.${string}`;
type Detail = (typeof detail_columns)[number];

/** Where people are: departments by their path, times in the site's zone. */
export interface Place {
  branches: readonly Placed[];
  zone: string;
  /** That the site has made. */
  fields?: readonly PersonField[];
}
export type Fault = LineFault<Column>;
export interface Rows {
  rows: ImportRow[];
  /** Of each row, in the file. */
  lines: number[];
  faults: Fault[];
  /** Heads that no column has. */
  ignored: string[];
  found: Column[];
}

export const plain = (text: string) => text.trim().toLowerCase().replace(/\s+/g, ' ');

// As files of before call them.
const former_heads: [string, Known][] = [
  ['first day at work', 'entered_on'],
  ['last day at work', 'left_on'],
  ['入职日期', 'entered_on'],
  ['离职日期', 'left_on'],
];
const heads = new Map<string, Known>([
  ...former_heads,
  ...columns.flatMap((column) =>
    [column, en.person_columns[column], zh.person_columns[column]].map((head): [string, Known] => [
      plain(head),
      column,
    ]),
  ),
]);

/** What a cell may say for a word of the contract: that one, or its name in either language. */
export function wordsOf<T extends string>(
  english: Record<T, string>,
  chinese: Record<T, string>,
): Map<string, T> {
  return new Map(
    (Object.keys(english) as T[]).flatMap((word) =>
      [word, english[word], chinese[word]].map((text) => [plain(text), word] as const),
    ),
  );
}
const types = wordsOf(en.person_types, zh.person_types);
const genders = wordsOf(en.genders, zh.genders);
const id_types = wordsOf(en.id_types, zh.id_types);
const truths = wordsOf(en.yes_no, zh.yes_no);

const columnOf = (field: PersonField): Column => `custom.${field.id}`;
const fieldOf = (column: Column, place: Place) => place.fields?.find((field) => columnOf(field) === column);

/** What a column is called; `say` knows those of everybody. */
export function columnName(column: Column, place: Place, say: (column: Known) => string): string {
  return column.startsWith('custom.') ? (fieldOf(column, place)?.name ?? '') : say(column as Known);
}

/** All that a file may have. */
export const columnsOf = (place: Place): Column[] => [...columns, ...(place.fields ?? []).map(columnOf)];

const two = (text: string) => text.padStart(2, '0');

const year_first = /(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?/;
const day_first = /(\d{1,2})\.(\d{1,2})\.(\d{4})/;
const time = /(\d{1,2}):(\d{2})(?::\d{2})?/;
const date_and_time = new RegExp(`^(?:${year_first.source}|${day_first.source})(?:[ T]+${time.source})?$`);

/** 2026-03-29, 2026/3/29, 2026.3.29 or 29.3.2026, with a time or without: [date, time]. */
export function readDate(text: string): [string, string | null] | null {
  const found = date_and_time.exec(text);
  if (!found) return null;
  const [year, month, day] = found[1] ? [found[1], found[2]!, found[3]!] : [found[6]!, found[5]!, found[4]!];
  const date = `${year}-${two(month)}-${two(day)}`;
  const real = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(real.getTime()) || real.toISOString().slice(0, 10) !== date) return null;
  if (found[7] === undefined) return [date, null];
  if (Number(found[7]) > 23 || Number(found[8]) > 59) return null;
  return [date, `${two(found[7])}:${found[8]!}`];
}

/** A day without a time is that whole day: it is valid until the next one begins. */
function readInstant(text: string, column: Column, zone: string): string | null {
  const read = readDate(text);
  if (!read) return null;
  const [year, month, day] = read[0].split('-').map(Number) as [number, number, number];
  const [hour, minute] = (read[1] ?? '00:00').split(':').map(Number) as [number, number];
  const next = new Date(Date.UTC(year, month - 1, day + (column === 'valid_to' && read[1] === null ? 1 : 0)));
  const wall = {
    year: next.getUTCFullYear(),
    month: next.getUTCMonth() + 1,
    day: next.getUTCDate(),
    hour,
    minute,
    second: 0,
  };
  return instantOf(wall, zone).toISOString();
}

/** A path such as "Plant / Night shift", or a name that only one branch has. */
export function branchOf(text: string, branches: readonly Placed[]): string | 'none' | 'several' {
  const wanted = plain(text).replace(/ ?[/\\>] ?/g, ' / ');
  const byPath = branches.filter((branch) => plain(branch.path) === wanted);
  const found = byPath.length > 0 ? byPath : branches.filter((branch) => plain(branch.name) === wanted);
  return found.length === 1 ? found[0]!.id : found.length === 0 ? 'none' : 'several';
}

const forms = {
  user_id: /^[A-Za-z0-9._-]{1,31}$/,
  pin: /^[0-9]{1,8}$/,
  cards: /^[0-9A-F]{1,16}$/,
};

type Failed = (code: string) => void;

function setCustom(row: ImportRow, field: PersonField, text: string, fail: Failed) {
  const date = field.kind === 'date' ? readDate(text) : null;
  const value = field.kind === 'number' ? text.replace(',', '.') : (date?.[0] ?? text);
  const choice = field.choices?.find((one) => plain(one) === plain(text));
  if (field.kind === 'date' && date === null) fail('date');
  else if (field.kind === 'number' && !/^-?\d{1,15}(\.\d{1,6})?$/.test(value)) fail('number');
  else if (field.kind === 'choice' && choice === undefined) fail('word');
  else (row.custom ??= {})[field.id!] = choice ?? value;
}

function setDetail(row: ImportRow, column: Detail, text: string, fail: Failed) {
  const details = (row.details ??= {}) as Record<string, string>;
  if (column === 'gender' || column === 'id_type') {
    const word = (column === 'gender' ? genders : id_types).get(plain(text));
    if (word === undefined) fail('word');
    else details[column] = word;
  } else if (column === 'birthday' || column === 'entered_on' || column === 'left_on') {
    const date = readDate(text);
    if (date === null) fail('date');
    else details[column] = column === 'birthday' || date[1] === null ? date[0] : date.join('T');
  } else {
    details[column] = text;
  }
}

function setCell(row: ImportRow, column: Column, text: string, place: Place, fail: Failed) {
  switch (column) {
    case 'user_id':
    case 'pin':
      if (!forms[column].test(text)) fail(column);
      row[column] = text;
      return;
    case 'name':
    case 'remark':
      row[column] = text;
      return;
    case 'department': {
      const found = branchOf(text, place.branches);
      if (found === 'none' || found === 'several') fail(`department_${found}`);
      else row.department_id = found;
      return;
    }
    case 'type': {
      const type = types.get(plain(text));
      if (type === undefined) fail('word');
      else row.type = type;
      return;
    }
    case 'valid_from':
    case 'valid_to': {
      const instant = readInstant(text, column, place.zone);
      if (instant === null) fail('date');
      else row[column] = instant;
      return;
    }
    case 'uses':
      if (/^\d{1,9}$/.test(text)) row.uses = Number(text);
      else fail('number');
      return;
    case 'cards':
      row.cards = text
        .split(/[\s,;]+/)
        .filter((number) => number !== '')
        .map((number) => ({ number: number.toUpperCase(), type: 'general' }));
      if (!row.cards.every((card) => forms.cards.test(card.number))) fail('card');
      return;
    case 'administrator': {
      const truth = truths.get(plain(text));
      if (truth === undefined) fail('word');
      else row.administrator = truth === 'yes';
      return;
    }
    default: {
      const field = fieldOf(column, place);
      if (field) setCustom(row, field, text, fail);
      else setDetail(row, column as Detail, text, fail);
    }
  }
}

/** The rows of a file. An empty cell says nothing: somebody who is here already keeps what is there. */
export function rowsOf(sheet: Pick<Sheet, 'rows' | 'lines'>, place: Place): Rows {
  const head = sheet.rows[0] ?? [];
  const own = new Map((place.fields ?? []).map((field) => [plain(field.name), columnOf(field)]));
  const known = head.map((text): Column | null => heads.get(plain(text)) ?? own.get(plain(text)) ?? null);
  const found = known.filter((column) => column !== null);
  const result: Rows = {
    rows: [],
    lines: [],
    faults: [],
    ignored: head.filter((text, index) => text !== '' && known[index] === null),
    found,
  };
  const line = sheet.lines[0] ?? 1;
  if (!found.includes('user_id')) {
    result.faults.push({ line, column: 'user_id', code: 'no_column', message: '', text: '' });
  }
  const twice = found.find((column, index) => found.indexOf(column) !== index);
  if (twice) result.faults.push({ line, column: twice, code: 'column_twice', message: '', text: '' });
  if (result.faults.length > 0) return result;
  sheet.rows.slice(1).forEach((cells, index) => {
    const row = {} as ImportRow;
    const at = sheet.lines[index + 1]!;
    known.forEach((column, place_) => {
      const text = cells[place_] ?? '';
      if (column === null || text === '') return;
      const fail = (code: string) => result.faults.push({ line: at, column, code, message: '', text });
      setCell(row, column, text, place, fail);
    });
    result.rows.push(row);
    result.lines.push(at);
  });
  return result;
}

/** The column that a field of the contract stands in. */
export function columnOfField(field: string): Column | null {
  const [first, second] = field.split('.');
  if (first === 'custom') return `custom.${second ?? ''}`;
  const name = first === 'details' ? second : first === 'department_id' ? 'department' : first;
  return columns.find((column) => column === name) ?? null;
}

type Say = (
  group: 'person_columns' | 'person_types' | 'genders' | 'id_types' | 'yes_no',
  word: string,
) => string;

/** People as rows that can be read again; PINs are never shown. */
export function sheetOf(people: readonly Person[], place: Place, say: Say): string[][] {
  const written = columnsOf(place).filter((column) => column !== 'pin');
  const wall = (at: string | null) => {
    if (at === null) return '';
    const time = wallOf(new Date(at), place.zone);
    return `${dateText(time)} ${clockText(time).slice(0, 5)}`;
  };
  const cell = (person: Person, column: Column): string => {
    const details = person.details as Record<string, string>;
    switch (column) {
      case 'department':
        return place.branches.find((branch) => branch.id === person.department_id)?.path ?? '';
      case 'type':
        return say('person_types', person.type);
      case 'valid_from':
      case 'valid_to':
        return wall(person[column]);
      case 'uses':
        return person.uses === null ? '' : String(person.uses);
      case 'cards':
        return person.cards.map((card) => card.number).join(' ');
      case 'gender':
        return details.gender ? say('genders', details.gender) : '';
      case 'entered_on':
      case 'left_on':
        return details[column]?.replace('T', ' ') ?? '';
      case 'id_type':
        return details.id_type ? say('id_types', details.id_type) : '';
      case 'user_id':
      case 'name':
      case 'remark':
        return person[column];
      case 'administrator':
        return say('yes_no', person.administrator ? 'yes' : 'no');
      default:
        return column.startsWith('custom.')
          ? (person.custom[column.slice('custom.'.length)] ?? '')
          : (details[column] ?? '');
    }
  };
  return [
    written.map((column) => columnName(column, place, (known) => say('person_columns', known))),
    ...people.map((person) => written.map((column) => cell(person, column))),
  ];
}
