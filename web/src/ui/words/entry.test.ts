// What is shown before somebody has signed in has its own words alone.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { enEntry } from './en_entry';

const shown_first = [
  '../../features/entry/code_field.tsx',
  '../../features/entry/forgotten.tsx',
  '../../features/entry/password_field.tsx',
  '../../features/entry/sign_in.tsx',
  '../page.tsx',
  '../problem_text.ts',
];

describe('the words of the sign-in page', () => {
  it.each(shown_first)('are enough for %s', (file) => {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    const groups = [...source.matchAll(/[`'"]([a-z_]+)\.(?:[a-z_]+['"]|[a-z_]*\$\{)/g)].map(
      ([, group]) => group,
    );
    expect(groups).not.toEqual([]);
    for (const group of groups) expect(Object.keys(enEntry)).toContain(group);
  });
});
