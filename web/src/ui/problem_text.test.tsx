import { renderHook } from '@testing-library/react';
import { afterEach, beforeAll, expect, it } from 'vitest';

import { Problem } from '../api/problem';
import { speak, startWords } from './i18n';
import { showFieldErrors, useProblemText } from './problem_text';

const wrong = () =>
  new Problem(400, 'invalid', 'Some fields are wrong.', [
    { field: 'range', code: 'range_invalid', message: '"hello" is no range of addresses.' },
    { field: 'port', code: 'too_large', message: 'At most 65535.' },
  ]);
const say = (error: unknown) => renderHook(() => useProblemText()).result.current(error);

beforeAll(() => startWords('en'));
afterEach(() => speak('en'));

it('says what is wrong with each field where there is no form', async () => {
  await speak('en');
  expect(say(wrong())).toBe('"hello" is no range of addresses. At most 65535.');
  await speak('zh');
  expect(say(wrong())).toMatch(/^不是地址范围.*太大。$/);
});

it('leaves out what stands beside a field of the form', async () => {
  await speak('en');
  const form = {
    getFieldInstance: (name: string[]) => (name[0] === 'port' ? {} : undefined),
    setFields: () => {},
    scrollToField: () => {},
  };
  const problem = wrong();
  expect(showFieldErrors(form as never, problem)).toBe(false);
  expect(say(problem)).toBe('"hello" is no range of addresses.');
});
