// The list of devices as a file: written without passwords, and read again to add what is not here yet.
import type { Device } from '../../api/client';
import { print_form, printOf } from '../../ui/fingerprint';
import { en } from '../../ui/words/en';
import { zh } from '../../ui/words/zh';
import type { Placed } from '../organisation/branches';
import { branchOf, plain, wordsOf } from '../people/import/columns';
import type { Sheet } from '../people/import/csv';
import type { LineFault } from '../people/import/faults';
import { placeOf } from './found_list';

export const device_columns = [
  'name',
  'address',
  'port',
  'registration',
  'connection',
  'account',
  'area',
  'fingerprint',
  'serial',
  'model',
  'firmware',
] as const;
export type DeviceColumn = (typeof device_columns)[number];
export type DeviceFault = LineFault<DeviceColumn>;

/** One to add. With the port 0 it dials in, and the address is its name there. */
export interface DeviceRow {
  line: number;
  name: string;
  address: string;
  port: number;
  connection: Device['connection'];
  account: string;
  area_id: string | null;
  fingerprint: string | null;
}

export interface DeviceRows {
  rows: DeviceRow[];
  faults: DeviceFault[];
  ignored: string[];
  /** Of those that are here already. */
  here: number;
}

const default_port = 37_777;
export const rows_at_most = 5_000;

const heads = new Map<string, DeviceColumn>(
  device_columns.flatMap((column) =>
    [column, en.device_columns[column], zh.device_columns[column]].map((head) => [plain(head), column]),
  ),
);

const connections = wordsOf(en.device_connections, zh.device_connections);

const forms: [DeviceColumn, RegExp, string][] = [
  ['name', /^.{1,64}$/, 'name'],
  ['address', /^[0-9A-Za-z._:-]{1,253}$/, 'address'],
  ['port', /^([1-9]\d{0,4})$/, 'port'],
  ['registration', /^[0-9A-Za-z._-]{1,64}$/, 'registration'],
  ['account', /^.{1,32}$/, 'name'],
  ['fingerprint', print_form, 'fingerprint'],
];

type Cells = Partial<Record<DeviceColumn, string>>;
type Fail = (column: DeviceColumn, code: string, text?: string) => void;

function rowOf(cells: Cells, line: number, branches: readonly Placed[], fail: Fail): DeviceRow {
  for (const [column, form, code] of forms) {
    const text = cells[column];
    if (text !== undefined && !form.test(text)) fail(column, code, text);
  }
  // One colon is where somebody has written the port.
  if (cells.address?.split(':').length === 2) fail('address', 'address', cells.address);
  if (cells.port !== undefined && Number(cells.port) > 65_535) fail('port', 'port', cells.port);
  if (cells.name === undefined) fail('name', 'missing');
  if (cells.address === undefined && cells.registration === undefined) fail('address', 'missing');
  // Anybody can dial in under a name: who is meant is told by the certificate.
  if (cells.registration !== undefined && cells.fingerprint === undefined) fail('fingerprint', 'missing');
  const said = cells.connection === undefined ? undefined : connections.get(plain(cells.connection));
  if (cells.connection !== undefined && said === undefined) fail('connection', 'word', cells.connection);
  if (said === 'in_clear' && (cells.registration ?? cells.fingerprint) !== undefined)
    fail('connection', 'in_clear_address');
  let area_id: string | null = null;
  if (cells.area !== undefined) {
    const found = branchOf(cells.area, branches);
    if (found === 'none' || found === 'several') fail('area', `area_${found}`, cells.area);
    else area_id = found;
  }
  return {
    line,
    name: cells.name ?? '',
    address: cells.registration ?? cells.address ?? '',
    port: cells.registration === undefined ? Number(cells.port ?? default_port) : 0,
    connection: said ?? 'encrypted',
    account: cells.account ?? 'admin',
    area_id,
    fingerprint: cells.fingerprint === undefined ? null : printOf(cells.fingerprint),
  };
}

/** What a file says; those that are here already are counted and left alone. */
export function deviceRowsOf(
  sheet: Pick<Sheet, 'rows' | 'lines'>,
  branches: readonly Placed[],
  devices: readonly Device[],
): DeviceRows {
  const head = sheet.rows[0] ?? [];
  const known = head.map((text) => heads.get(plain(text)) ?? null);
  const result: DeviceRows = {
    rows: [],
    faults: [],
    ignored: head.filter((text, index) => text !== '' && known[index] === null),
    here: 0,
  };
  const line = sheet.lines[0] ?? 1;
  if (!known.includes('name')) {
    result.faults.push({ line, column: 'name', code: 'no_name_column', message: '', text: '' });
    return result;
  }
  const here = new Set(devices.map(placeOf));
  const lineOf = new Map<string, number>();
  sheet.rows.slice(1).forEach((texts, index) => {
    const at = sheet.lines[index + 1]!;
    const cells: Cells = {};
    known.forEach((column, place) => {
      const text = texts[place]?.trim();
      if (column !== null && text) cells[column] = text;
    });
    const before = result.faults.length;
    const row = rowOf(cells, at, branches, (column, code, text = '') =>
      result.faults.push({ line: at, column, code, message: '', text }),
    );
    if (result.faults.length > before) return;
    const place = placeOf(row);
    const first = lineOf.get(place);
    if (here.has(place)) {
      result.here++;
    } else if (first !== undefined) {
      const column = row.port === 0 ? 'registration' : 'address';
      result.faults.push({ line: at, column, code: 'device_twice', message: '', text: String(first) });
    } else {
      lineOf.set(place, at);
      result.rows.push(row);
    }
  });
  return result;
}

/** Devices as rows that can be read again; passwords are never in it. */
export function deviceSheetOf(
  devices: readonly Device[],
  branches: readonly Placed[],
  headOf: (column: DeviceColumn) => string,
  connectionOf: (connection: Device['connection']) => string,
): string[][] {
  const cell = (device: Device, column: DeviceColumn): string => {
    const dialsIn = device.port === 0;
    switch (column) {
      case 'area':
        return branches.find((branch) => branch.id === device.area_id)?.path ?? '';
      case 'address':
        return dialsIn ? '' : device.address;
      case 'registration':
        return dialsIn ? device.address : '';
      case 'port':
        return dialsIn ? '' : String(device.port);
      case 'connection':
        return connectionOf(device.connection);
      default:
        return device[column];
    }
  };
  return [
    device_columns.map(headOf),
    ...devices.map((device) => device_columns.map((column) => cell(device, column))),
  ];
}
