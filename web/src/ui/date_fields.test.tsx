import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { DatePickerProps } from 'antd';
import { Form } from 'antd';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { DateField, DateTimeField, TimeField } from './date_fields';
import { startWords } from './i18n';

beforeAll(() => startWords('en'));
afterEach(cleanup);

const saved = vi.fn();
const seen = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
const calendar = () => document.querySelector('.ant-picker-dropdown:not(.ant-picker-dropdown-hidden)');

const Until = (props: DatePickerProps) => <DateTimeField edge="ends" {...props} />;
const fields = { Day: DateField, Hour: TimeField, Until };

function shown(label: keyof typeof fields) {
  const Field = fields[label];
  saved.mockReset();
  render(
    <Form onFinish={saved}>
      <Form.Item name="at" label={label}>
        <Field />
      </Form.Item>
      <button>Save</button>
    </Form>,
  );
}

async function put(field: HTMLInputElement, text: string) {
  await userEvent.click(field);
  await vi.waitFor(() => expect(calendar()).not.toBeNull());
  field.select();
  await (text === '' ? userEvent.keyboard('{Delete}') : userEvent.paste(text));
  await userEvent.keyboard('{Enter}');
}

async function savedValue(): Promise<unknown> {
  expect(saved).not.toHaveBeenCalled();
  await userEvent.click(screen.getByText('Save'));
  await vi.waitFor(() => expect(saved).toHaveBeenCalledTimes(1));
  return (saved.mock.calls[0]![0] as { at: unknown }).at;
}

describe('a field of a date', () => {
  it.each([
    ['Day', '2026-03-29'],
    ['Hour', '08:30'],
    ['Until', '2026-03-29 18:00'],
  ] as const)('takes what is typed in %s with Enter and does not save the form', async (label, typed) => {
    shown(label);
    await put(seen(label), typed);
    await vi.waitFor(() => expect(calendar()).toBeNull());
    await userEvent.keyboard('{Enter}');
    await vi.waitFor(() => expect(calendar()).not.toBeNull());
    await userEvent.tab();
    expect(seen(label).value).toBe(typed);
    if (label !== 'Until') expect(await savedValue()).toBe(typed);
  });

  it('is empty when what stood there was deleted', async () => {
    shown('Day');
    await put(seen('Day'), '2026-03-29');
    await put(seen('Day'), '');
    expect(await savedValue()).toBe('');
  });
});
