import { describe, expect, it } from 'vitest';

import type { Branch } from './branches';
import { below, placed } from './branches';

const branch = (id: string, parent_id: string | null, count = 0): Branch => ({
  id,
  name: id,
  parent_id,
  revision: 1,
  count,
});
const site = [branch('Room 10', 'Hall', 4), branch('Hall', 'North', 2), branch('South', null, 1)];
const all = [...site, branch('North', null), branch('Room 9', 'Hall', 8)];

describe('a tree of branches', () => {
  it('stands in order, siblings by name, numbers as numbers', () => {
    expect(placed(all).map(({ path, depth }) => `${depth} ${path}`)).toEqual([
      '0 North',
      '1 North / Hall',
      '2 North / Hall / Room 9',
      '2 North / Hall / Room 10',
      '0 South',
    ]);
  });

  it('counts what lives below', () => {
    expect(placed(all).map(({ total }) => total)).toEqual([14, 14, 8, 4, 1]);
  });

  it('shows a branch whose parent is not to be seen at the top', () => {
    expect(placed(site).map(({ id, depth }) => `${depth} ${id}`)).toEqual(['0 Hall', '1 Room 10', '0 South']);
  });

  it('knows what is below, itself included', () => {
    expect([...below(all, 'Hall')].sort()).toEqual(['Hall', 'Room 10', 'Room 9']);
  });
});
