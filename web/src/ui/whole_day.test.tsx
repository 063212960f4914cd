import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { DateTimeField } from './date_fields';
import { startWords } from './i18n';
import { SpanPicker } from './span_picker';

beforeAll(() => startWords('en'));
afterEach(cleanup);

const leaves = { Enter: () => userEvent.keyboard('{Enter}'), Tab: () => userEvent.tab() };

describe('a field of a minute', () => {
  it.each([
    ['begins', '2026-03-29', 'Enter', '2026-03-29 00:00'],
    ['ends', '2026-03-29', 'Enter', '2026-03-29 23:59'],
    ['ends', '2026-03-29', 'Tab', '2026-03-29 23:59'],
    ['ends', '2026-03-29 18:00', 'Tab', '2026-03-29 18:00'],
  ] as const)('that %s takes %s, left with %s', async (edge, typed, leave, taken) => {
    const changed = vi.fn();
    render(<DateTimeField aria-label="At" edge={edge} onChange={changed} />);
    await userEvent.click(screen.getByLabelText('At'));
    await userEvent.type(screen.getByLabelText('At'), typed);
    await leaves[leave]();
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
    expect(changed.mock.calls[0]![1]).toBe(taken);
    expect(screen.getByLabelText<HTMLInputElement>('At').value).toBe(taken);
  });
});

describe('a span of days', () => {
  it('is from the first minute of one to the last of the other', async () => {
    const changed = vi.fn();
    render(<SpanPicker from="2026-03-01T10:00:00Z" to="2026-03-02T10:00:00Z" onChange={changed} />);
    const [from, to] = screen.getAllByRole<HTMLInputElement>('textbox');
    for (const [field, day] of [
      [from!, '2026-03-28'],
      [to!, '2026-03-29'],
    ] as const) {
      await userEvent.click(field);
      field.select();
      await userEvent.paste(day);
      await userEvent.keyboard('{Enter}');
    }
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    expect(from!.value).toBe('2026-03-28 00:00');
    expect(to!.value).toBe('2026-03-29 23:59');
  });
});
