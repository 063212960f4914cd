import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { speak, startWords } from '../../ui/i18n';
import SignIn from './sign_in';

const refused = {
  type: 'about:blank',
  title: 'Unauthorized',
  status: 401,
  code: 'wrong_login',
  detail: 'Wrong account or password. Two more tries before the account is locked.',
};

function answering(status: number, error: unknown) {
  return vi
    .spyOn(api, 'POST')
    .mockResolvedValue({ error, response: new Response(null, { status }) } as never);
}

function shown() {
  render(
    <QueryClientProvider client={queryClient}>
      <SignIn mayStay />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

function fill(field: HTMLElement, value: string) {
  fireEvent.change(field, { target: { value } });
}

beforeAll(() => startWords('en'));
afterEach(async () => {
  cleanup();
  vi.restoreAllMocks();
  await speak('en');
});

describe('signing in', () => {
  it('keeps what was typed when it is refused, and says why', async () => {
    answering(401, refused);
    const user = shown();
    fill(screen.getByLabelText('Account'), 'admin');
    fill(screen.getByLabelText('Password'), 'not-this-one');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findByRole('alert')).textContent).toContain(refused.detail);
    expect(screen.getByLabelText('Account')).toHaveProperty('value', 'admin');
    expect(screen.getByLabelText('Password')).toHaveProperty('value', 'not-this-one');
  });

  it('says it in Chinese to who reads Chinese', async () => {
    await speak('zh');
    answering(401, refused);
    const user = shown();
    fill(screen.getByLabelText('账户'), 'admin');
    fill(screen.getByLabelText('密码'), 'not-this-one');
    await user.click(screen.getByRole('button', { name: /登\s?录/ }));
    expect((await screen.findByRole('alert')).textContent).toContain('账户或密码错误。');
  });

  it('says what to do when nobody answers', async () => {
    vi.spyOn(api, 'POST').mockRejectedValue(new TypeError('failed to fetch'));
    const user = shown();
    fill(screen.getByLabelText('Account'), 'admin');
    fill(screen.getByLabelText('Password'), 'x');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findByRole('alert')).textContent).toContain('does not answer');
  });

  it('asks for what is missing next to the field, without a call', async () => {
    const call = answering(200, undefined);
    const user = shown();
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Type the name of your account.')).toBeDefined();
    expect(screen.getByText('Type the password.')).toBeDefined();
    expect(call).not.toHaveBeenCalled();
  });
});
