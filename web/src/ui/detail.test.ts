import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from 'vitest';

import { detailOf, detailText } from './detail';
import { speak, startWords } from './i18n';
import { en } from './words/en';
import { zh } from './words/zh';

type Values = Record<string, string | string[] | Record<string, string | string[]>>;

const contract = JSON.parse(readFileSync('../api/details.json', 'utf8')) as Record<string, Values>;

/** A written detail for every word that the term's values may be. */
function examplesOf(term: string, values: Values): string[] {
  const ofKind = (kind: string | string[]): string[] =>
    Array.isArray(kind) ? kind : kind === 'number' ? ['17'] : ['Anna'];
  const { setting } = values;
  if (typeof setting === 'object' && !Array.isArray(setting)) {
    return Object.entries(setting).flatMap(([name, kind]) =>
      ofKind(kind).map((value) => `${term} setting=${name} to=${value} from=${value}`),
    );
  }
  return Object.entries(values).reduce<string[]>(
    (texts, [name, kind]) =>
      texts.flatMap((text) => ofKind(kind as string | string[]).map((value) => `${text} ${name}=${value}`)),
    [term],
  );
}

describe('the words of details', () => {
  beforeAll(() => startWords('en'));

  it('are there for each term of the contract and no other', () => {
    expect(Object.keys(en.details).sort()).toEqual(Object.keys(contract).sort());
  });

  it.each([
    ['en', en],
    ['zh', zh],
  ] as const)('say all of it in %s', async (language, words) => {
    await speak(language);
    for (const [term, values] of Object.entries(contract)) {
      const template = words.details[term as keyof typeof words.details];
      const places = [...template.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]);
      expect(places.sort(), term).toEqual(Object.keys(values).sort());
      for (const example of examplesOf(term, values)) {
        const text = detailText(example);
        expect(text, example).not.toContain('{{');
        expect(text, example).not.toMatch(/\w_\w/);
        if (language === 'zh') expect(text.replaceAll('Anna', ''), example).not.toMatch(/[a-z]/);
      }
    }
  });

  it.each([
    ['"admin: Mia Adler"', 'Open, by Mia Adler', '开门，操作者：Mia Adler'],
    ['"admin: a: b"', 'Open, by a: b', '开门，操作者：a: b'],
    ['"admin: platform"', 'Open, by the platform', '开门，操作者：平台'],
    ['admin', 'Open, by the controller’s account admin', '开门，操作者：控制器账户 admin'],
    ['"front panel"', 'Open, by the front panel', '开门，操作者：前面板'],
  ])('say who it was, of %s', async (by, english, chinese) => {
    await speak('en');
    expect(detailText(`commanded command=open by=${by}`)).toBe(english);
    await speak('zh');
    expect(detailText(`commanded command=open by=${by}`)).toBe(chinese);
  });

  it('show what they do not know as it stands', async () => {
    await speak('zh');
    for (const text of ['hold time 10 s instead of 3 s', 'teleported to=roof', 'started to="', '']) {
      expect(detailText(text)).toBe(text);
    }
  });
});

describe('a detail', () => {
  it('is read with whatever its values hold', () => {
    expect(detailOf('login_refused account="Anna \\"A\\" \\\\ \\x0a门" address=fe80::1')).toEqual({
      term: 'login_refused',
      values: { account: 'Anna "A" \\ \n门', address: 'fe80::1' },
    });
    expect(detailOf('started')).toEqual({ term: 'started', values: {} });
    expect(detailOf('commanded by=""')).toEqual({ term: 'commanded', values: { by: '' } });
    expect(detailOf('commanded by="Anna')).toBeNull();
    expect(detailOf('user added')).toBeNull();
  });
});
