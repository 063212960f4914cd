import { render } from '@testing-library/react';
import { beforeAll, expect, it } from 'vitest';

import { startWords } from '../../ui/i18n';
import { ClockOff } from './clock_off';

const said = (offset: number | null) => render(<ClockOff offset={offset} />).container.textContent;

beforeAll(() => startWords('en'));

it('says that a clock is off, how much, and what to do', () => {
  expect(said(-7_200_000)).toMatch(/clock .* 120 min behind.*Set the clock/);
  expect(said(45_000)).toMatch(/clock .* 1 min ahead.*Set the clock/);
});

it('says nothing of what nobody notices', () => {
  for (const offset of [null, 0, 29_000, -29_000]) expect(said(offset)).toBe('');
});
