import { describe, expect, it } from 'vitest';

import type { Device } from '../../api/client';
import { csvOf, parseCsv } from '../people/import/csv';
import { deviceRowsOf, deviceSheetOf } from './list_columns';

const branches = [
  { id: '1', name: 'Plant', parent_id: null, revision: 1, path: 'Plant', depth: 0, devices: 0, doors: 0 },
  {
    id: '2',
    name: 'Hall',
    parent_id: '1',
    revision: 1,
    path: 'Plant / Hall',
    depth: 1,
    devices: 0,
    doors: 0,
  },
] as unknown as Parameters<typeof deviceRowsOf>[1];
const print = 'ab'.repeat(32);
const gate = {
  name: 'Gate',
  address: '10.0.0.5',
  port: 37777,
  account: 'admin',
  area_id: '2',
  fingerprint: print,
  serial: 'SP1',
  model: 'Sallyport Door',
  firmware: '0.1.0',
} as Device;

const read = (text: string, devices: Device[] = []) => deviceRowsOf(parseCsv(text), branches, devices);

describe('the list of devices as a file', () => {
  it('is written so that it can be read again, without a password', () => {
    const barn = { ...gate, name: 'Barn', address: 'barn-7', port: 0, area_id: null };
    const text = csvOf(deviceSheetOf([gate, barn], branches, (column) => column));
    expect(text).not.toMatch(/password/i);
    const { rows, faults } = read(text);
    expect(faults).toEqual([]);
    expect(rows).toEqual([
      {
        line: 2,
        name: 'Gate',
        address: '10.0.0.5',
        port: 37777,
        account: 'admin',
        area_id: '2',
        fingerprint: print,
      },
      {
        line: 3,
        name: 'Barn',
        address: 'barn-7',
        port: 0,
        account: 'admin',
        area_id: null,
        fingerprint: print,
      },
    ]);
  });

  it('leaves alone what is here already', () => {
    const { rows, here } = read('Name,Address\nGate,10.0.0.5\nBack,10.0.0.6\n', [gate]);
    expect([rows.map((row) => row.name), here]).toEqual([['Back'], 1]);
  });

  it('names each line that is wrong', () => {
    const { rows, faults } = read(
      'name,address,port,area,fingerprint\nA,10.0.0.1:80,,,\n,10.0.0.2,,,\nC,,,,\nD,10.0.0.3,70000,,\n' +
        'E,10.0.0.4,,Cellar,\nF,10.0.0.5,,,abc\nG,10.0.0.6,,Hall,\nH,10.0.0.6,,,\n',
    );
    expect(faults.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 'address', 'address'],
      [3, 'name', 'missing'],
      [4, 'address', 'missing'],
      [5, 'port', 'port'],
      [6, 'area', 'area_none'],
      [7, 'fingerprint', 'fingerprint'],
      [9, 'address', 'device_twice'],
    ]);
    expect(rows.map((row) => row.name)).toEqual(['G']);
  });

  it('says when there is no name', () => {
    expect(read('address\n10.0.0.1\n').faults[0]).toMatchObject({ column: 'name', code: 'no_name_column' });
  });
});
