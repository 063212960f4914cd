import { expect, test } from 'vitest';

import { changedIn } from './changed';

const opened = { id: '1', name: 'Staff', doors: ['2', '3'], valid_to: null, week: [[{ from: 1 }], []] };

test('only what differs is sent', () => {
  expect(changedIn(opened, { name: 'Staff', doors: ['2', '3'], valid_to: null })).toEqual({});
  expect(changedIn(opened, { name: 'Crew', doors: ['2', '3', '4'] })).toEqual({
    name: 'Crew',
    doors: ['2', '3', '4'],
  });
  expect(changedIn(opened, { valid_to: '2026-01-01T00:00:00Z' })).toEqual({
    valid_to: '2026-01-01T00:00:00Z',
  });
});

test('ids have no order, the days of a week do', () => {
  expect(changedIn(opened, { doors: ['3', '2'] })).toEqual({});
  expect(changedIn(opened, { doors: ['3'] })).toEqual({ doors: ['3'] });
  expect(changedIn(opened, { week: [[], [{ from: 1 }]] })).toEqual({ week: [[], [{ from: 1 }]] });
});
