import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { useUnhurried } from './unhurried';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('changes at once after a quiet moment, and then no more often than it may', () => {
  const place = document.createElement('div');
  const root = createRoot(place);
  const Glance = ({ value }: { value: number }) => <>{useUnhurried(value, 500)}</>;
  const show = (value: number) => act(() => root.render(<Glance value={value} />));
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

  show(1);
  expect(place.textContent).toBe('1');
  show(2);
  pass(0);
  expect(place.textContent).toBe('2');
  for (let value = 3; value < 13; value++) {
    show(value);
    pass(40);
  }
  expect(place.textContent).toBe('2');
  pass(100);
  expect(place.textContent).toBe('12');
  act(() => root.unmount());
});
