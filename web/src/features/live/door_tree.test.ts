import { describe, expect, it } from 'vitest';

import type { Device, Door } from '../../api/client';
import type { Branch } from '../organisation/branches';
import { placed } from '../organisation/branches';
import { byArea, devicesOf, treeOf, visible } from './door_tree';

const branches = placed([
  { id: 'a', name: 'House', parent_id: null },
  { id: 'b', name: 'Cellar', parent_id: 'a' },
  { id: 'c', name: 'Yard', parent_id: null },
] as Branch[]);
const devices = [
  { id: '1', name: 'Panel 1', area_id: 'a' },
  { id: '2', name: 'Panel 2', area_id: 'b' },
  { id: '3', name: 'Spare', area_id: null },
] as Device[];
const doors = [
  { id: '11', name: 'Front', device_id: '1', area_id: 'a' },
  { id: '12', name: 'Stairs', device_id: '1', area_id: 'b' },
  { id: '21', name: 'Boiler', device_id: '2', area_id: 'b' },
  { id: '22', name: 'Gone', device_id: '2', area_id: 'gone' },
] as Door[];
const lines = (nodes: readonly { depth: number; name: string }[]) =>
  nodes.map(({ depth, name }) => '.'.repeat(depth) + name);

describe('the tree of doors', () => {
  const nodes = treeOf('All', branches, devices, doors);

  it('has areas, in them controllers, below them doors', () => {
    expect(lines(nodes)).toEqual([
      'All',
      '.House',
      '..Panel 1',
      '...Front',
      '..Cellar',
      '...Panel 1',
      '....Stairs',
      '...Panel 2',
      '....Boiler',
      '.Panel 2',
      '..Gone',
      '.Spare',
    ]);
  });

  it('knows at each node the doors below it, and their controllers', () => {
    const of = (key: string) => nodes.find((node) => node.key === key)!;
    expect(of('area:a').doors.map(({ id }) => id)).toEqual(['11', '12', '21']);
    expect(of('device:1@b').doors.map(({ id }) => id)).toEqual(['12']);
    expect(devicesOf(of('area:a'))).toEqual(['1', '2']);
    expect(devicesOf(of('device:3@'))).toEqual(['3']);
    expect(devicesOf(of('door:21'))).toEqual(['2']);
  });

  it('has no level of controllers for whoever does not see them', () => {
    expect(lines(treeOf('All', branches, [], doors))).toEqual([
      'All',
      '.House',
      '..Front',
      '..Cellar',
      '...Stairs',
      '...Boiler',
      '.Gone',
    ]);
  });

  it('is open down to the controllers, and closes and opens', () => {
    expect(lines(visible(nodes, new Set()))).toEqual([
      'All',
      '.House',
      '..Panel 1',
      '..Cellar',
      '...Panel 1',
      '...Panel 2',
      '.Panel 2',
      '.Spare',
    ]);
    const shown = visible(nodes, new Set(['area:b', 'device:1@a']));
    expect(lines(shown)).toEqual([
      'All',
      '.House',
      '..Panel 1',
      '...Front',
      '..Cellar',
      '.Panel 2',
      '.Spare',
    ]);
    expect(shown.map(({ open }) => open)).toEqual([true, true, true, null, false, false, null]);
  });

  it('gives the tiles their headings', () => {
    expect(byArea(branches, doors).map(({ title, doors: own }) => [title, own.length])).toEqual([
      ['House', 1],
      ['House / Cellar', 2],
      ['', 1],
    ]);
  });
});
