import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { QueryClientProvider } from '@tanstack/react-query';

import { Problem } from '../api/problem';
import { queryClient } from '../api/queries';
import { startWords } from './i18n';
import { Opened, SaveProblem } from './opened';
import { useZone, ZoneProvider } from './site';

const seen = vi.fn();

beforeAll(async () => {
  await startWords('en');
  Element.prototype.scrollIntoView = seen;
});
afterEach(() => {
  cleanup();
  seen.mockReset();
});

const shown = (error: Error | null) => (
  <QueryClientProvider client={queryClient}>
    <SaveProblem error={error} again={() => Promise.resolve()} />
    <input aria-label="Name" />
  </QueryClientProvider>
);

describe('why something was not saved', () => {
  it('is brought into sight and read out, each time', () => {
    const late = () => new Problem(409, 'changed_meanwhile', 'Somebody else was quicker.');
    const { rerender } = render(shown(null));
    rerender(shown(late()));
    expect(document.activeElement).toBe(screen.getByRole('alert'));
    expect(seen).toHaveBeenCalledTimes(1);
    screen.getByLabelText('Name').focus();
    rerender(shown(late()));
    expect(document.activeElement).toBe(screen.getByRole('alert'));
  });

  it('leaves the cursor in the field that is wrong', () => {
    const { rerender } = render(shown(null));
    screen.getByLabelText('Name').focus();
    const field = { field: 'name', code: 'missing' as const, message: 'This is needed.' };
    rerender(shown(new Problem(400, 'invalid', 'Some fields are wrong.', [field])));
    expect(screen.getByRole('alert').textContent).toContain('This is needed.');
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
  });
});

describe('a form that is opened before the clock of the site is known', () => {
  const Form = () => <input aria-label="Zone" defaultValue={useZone()} />;
  const inZone = (zone: string | undefined) => (
    <QueryClientProvider client={queryClient}>
      <ZoneProvider zone={zone}>
        <Opened now={{ revision: 1 }} load={() => Promise.resolve({ revision: 1 })}>
          {() => <Form />}
        </Opened>
      </ZoneProvider>
    </QueryClientProvider>
  );

  it('begins anew with that clock', () => {
    const { rerender } = render(inZone(undefined));
    rerender(inZone('Pacific/Auckland'));
    expect(screen.getByLabelText<HTMLInputElement>('Zone').value).toBe('Pacific/Auckland');
  });
});
