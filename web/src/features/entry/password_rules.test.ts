import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { brokenRules } from './password_rules';

const table = JSON.parse(readFileSync('../tests/contract/passwords.json', 'utf8')) as Record<
  string,
  string[]
>;

it.each(Object.entries(table))('the form says of %j what the server says', (password, broken) => {
  expect(brokenRules(password, 'admin')).toEqual(broken);
});
