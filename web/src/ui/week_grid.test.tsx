import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { startWords } from './i18n';
import type { Week } from './week';
import { emptyWeek, spansText } from './week';
import { WeekGrid } from './week_grid';

let week: Week = emptyWeek;

function Held() {
  const [value, setValue] = useState<Week>(emptyWeek);
  week = value;
  return <WeekGrid value={value} onChange={setValue} />;
}
const cell = (day: number, index: number) =>
  document.querySelector<HTMLElement>(`[data-day="${day}"][data-cell="${index}"]`)!;

beforeAll(() => startWords('en'));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('the week grid', () => {
  it('is painted by keyboard alone', async () => {
    render(<Held />);
    const user = userEvent.setup();
    cell(0, 16).focus();
    await user.keyboard(' ');
    expect(spansText(week[0]!)).toBe('08:00-08:30');
    await user.keyboard('{Shift>}{ArrowRight}{ArrowRight}{ArrowDown}{/Shift}');
    expect(spansText(week[0]!)).toBe('08:00-09:30');
    expect(spansText(week[1]!)).toBe('09:00-09:30');
    expect(document.activeElement).toBe(cell(1, 18));
    await user.keyboard(' ');
    expect(week[1]).toEqual([]);
  });

  it('is painted by dragging over days and hours', async () => {
    render(<Held />);
    const grid = screen.getByRole('group', { name: /Week/ });
    vi.spyOn(document, 'elementFromPoint').mockImplementation((x, y) => cell(y, x));
    await userEvent.setup().pointer([
      { keys: '[MouseLeft>]', target: grid, coords: { clientX: 16, clientY: 0 } },
      { target: grid, coords: { clientX: 35, clientY: 4 } },
      { keys: '[/MouseLeft]', target: grid, coords: { clientX: 35, clientY: 4 } },
    ]);
    expect(week.map((day) => spansText(day))).toEqual([
      ...Array.from({ length: 5 }, () => '08:00-18:00'),
      '',
      '',
    ]);
  });

  it('copies a day to the days that are chosen, by keyboard alone', async () => {
    render(<Held />);
    const user = userEvent.setup();
    cell(0, 16).focus();
    await user.keyboard('{ArrowDown} ');
    const button = screen.getByRole('button', { name: 'Copy Tuesday to' });
    button.focus();
    await user.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'Copy Tuesday to' });
    await waitFor(() => expect(document.activeElement).toBe(within(dialog).getByLabelText('Monday')));
    expect(within(dialog).getByLabelText('Tuesday')).toHaveProperty('disabled', true);
    expect(within(dialog).getByRole('button', { name: 'Copy' })).toHaveProperty('disabled', true);
    await user.keyboard(' ');
    within(dialog).getByLabelText('Saturday').focus();
    await user.keyboard(' ');
    within(dialog).getByRole('button', { name: 'Copy' }).focus();
    await user.keyboard('{Enter}');
    const time = '08:00-08:30';
    expect(week.map((day) => spansText(day))).toEqual([time, time, '', '', '', time, '']);
    expect(document.activeElement).toBe(button);
    await user.keyboard('{Enter}');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(button));
    expect(week.map((day) => day.length)).toEqual([1, 1, 0, 0, 0, 1, 0]);
  });

  it('takes exact times, and keeps what it cannot read with the reason beside it', async () => {
    render(<Held />);
    const user = userEvent.setup();
    const field = screen.getByLabelText('Times of Monday');
    await user.click(field);
    await user.paste('08:00:05-12:00, 13-14');
    await user.tab();
    expect(week[0]).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('Write times like 08:00');
    expect(field).toHaveProperty('value', '08:00:05-12:00, 13-14');
    await user.clear(field);
    await user.paste('08:00:05-12:00, 13:00-14:00');
    await user.keyboard('{Enter}');
    expect(spansText(week[0]!)).toBe('08:00:05-12:00, 13:00-14:00');
  });
});
