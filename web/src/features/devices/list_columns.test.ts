import { describe, expect, it } from 'vitest';

import type { Device } from '../../api/client';
import { zh } from '../../ui/words/zh';
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
const print = `AB${':AB'.repeat(31)}`;
const gate = {
  name: 'Gate',
  address: '10.0.0.5',
  port: 37777,
  connection: 'encrypted',
  account: 'admin',
  area_id: '2',
  fingerprint: print,
  serial: 'SP1',
  model: 'Sallyport Door',
  firmware: '0.1.0',
} as Device;

const read = (text: string, devices: Device[] = []) => deviceRowsOf(parseCsv(text), branches, devices);

describe('the list of devices as a file', () => {
  it('takes a fingerprint however it is written', () => {
    const { rows } = read(`Name,Address,Fingerprint\nA,10.0.0.1,${'ab'.repeat(32)}\nB,10.0.0.2,${print}\n`);
    expect(rows.map((row) => row.fingerprint)).toEqual([print, print]);
  });

  it('is written so that it can be read again, without a password', () => {
    const other = { ...gate, name: 'Other', address: '10.0.0.9', connection: 'in_clear', fingerprint: '' };
    const barn = { ...gate, name: 'Barn', address: 'barn-7', port: 0, area_id: null };
    const text = csvOf(
      deviceSheetOf(
        [gate, barn, other as Device],
        branches,
        (column) => column,
        (word) => zh.device_connections[word],
      ),
    );
    expect(text).not.toMatch(/password/i);
    const { rows, faults } = read(text);
    expect(faults).toEqual([]);
    expect(rows).toEqual([
      {
        line: 2,
        name: 'Gate',
        address: '10.0.0.5',
        port: 37777,
        connection: 'encrypted',
        account: 'admin',
        area_id: '2',
        fingerprint: print,
      },
      {
        line: 3,
        name: 'Barn',
        address: 'barn-7',
        port: 0,
        connection: 'encrypted',
        account: 'admin',
        area_id: null,
        fingerprint: print,
      },
      {
        line: 4,
        name: 'Other',
        address: '10.0.0.9',
        port: 37777,
        connection: 'in_clear',
        account: 'admin',
        area_id: '2',
        fingerprint: null,
      },
    ]);
  });

  it('speaks encrypted where a file of before says nothing of it, and in clear only to an address', () => {
    const { rows, faults } = read(
      'Name,Address,Connection,Registration name,Fingerprint\nA,10.0.0.1,,,\nB,10.0.0.2,Not encrypted,,\n' +
        `C,,in_clear,barn-7,${print}\nD,10.0.0.4,loud,,\n`,
    );
    expect(rows.map((row) => row.connection)).toEqual(['encrypted', 'in_clear']);
    expect(faults.map(({ line, column, code }) => [line, column, code])).toEqual([
      [4, 'connection', 'in_clear_address'],
      [5, 'connection', 'word'],
    ]);
    expect(read('name,address\nA,10.0.0.1\n').rows[0]).toMatchObject({ connection: 'encrypted' });
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
