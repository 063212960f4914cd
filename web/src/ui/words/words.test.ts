import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { en } from './en';
import { zh } from './zh';

function flat(words: object, path = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') all.set(path + key, value);
    else for (const [inner, text] of flat(value as object, `${path}${key}.`)) all.set(inner, text);
  }
  return all;
}

const english = flat(en);
const chinese = flat(zh);
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

const parts = import.meta.glob<Record<string, object>>('./{en,zh}_*.ts', { eager: true });

/** The values of an enum of the core, as its header lists them. */
function coreEnum(header: string, name: string): string[] {
  const text = readFileSync(`../src/core/${header}`, 'utf8').replaceAll(/\/\/.*/g, '');
  const body = new RegExp(`enum class ${name} [^{]*\\{([^}]*)\\}`).exec(text)![1]!;
  return body.split(',').map((value) => value.trim());
}

/** The words of `code` in a schema of the contract. */
function codesOf(schema: string): string[] {
  const contract = readFileSync('../api/openapi.yaml', 'utf8');
  const body = contract.split(`\n    ${schema}:\n`)[1]!.split(/\n {4}\w+:/)[0]!;
  return [...body.matchAll(/^ +- (\w+)/gm)].map((match) => match[1]!);
}

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('have no empty text', () => {
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe('');
  });

  it('fill the same places, but for a number that a singular may leave out', () => {
    for (const [key, text] of english) {
      const here = placeholders(text).filter((name) => name !== 'count');
      const there = placeholders(chinese.get(key)!).filter((name) => name !== 'count');
      expect(there, key).toEqual(here);
    }
  });

  it('are really translated', () => {
    const untranslated = [...english].filter(
      ([key, text]) => chinese.get(key) === text && /[a-z]{3}/.test(text),
    );
    expect(untranslated.map(([key]) => key)).toEqual(['permissions.diff_people_one']);
  });

  it.each([
    ['en', en],
    ['zh', zh],
  ])('%s is put together of parts of which none hides words of another', (language, whole) => {
    const own = Object.entries(parts).filter(([file]) => file.startsWith(`./${language}_`));
    expect(own.length).toBeGreaterThan(10);
    for (const [file, part] of own) {
      for (const [group, words] of Object.values(part).flatMap((exported) => Object.entries(exported)))
        expect(whole[group as keyof typeof whole], `${file}: ${group}`).toBe(words);
    }
  });

  it.each([
    ['FieldError', Object.keys(en.field_errors)],
    ['OutsideProblem', Object.keys(en.outside).filter((key) => key !== 'said')],
  ])('have a word for every code of %s', (schema, words) => {
    const codes = codesOf(schema);
    expect(codes.length).toBeGreaterThan(20);
    expect(words.sort()).toEqual(codes.sort());
  });

  it('have a word for every rule of the decision', () => {
    const rules = coreEnum('record/record.hpp', 'Rule');
    expect(rules).toContain('verification');
    expect(Object.keys(en.trace_rules).sort()).toEqual([...rules].sort());
  });
});
