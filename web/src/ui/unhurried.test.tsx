import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { useUnhurried } from './unhurried';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('changes at once after a quiet moment, and then no more often than it may', () => {
  const { result, rerender } = renderHook((value: number) => useUnhurried(value, 500), { initialProps: 1 });
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
  expect(result.current).toBe(1);
  rerender(2);
  pass(0);
  expect(result.current).toBe(2);
  for (let value = 3; value < 13; value++) {
    rerender(value);
    pass(40);
  }
  expect(result.current).toBe(2);
  pass(100);
  expect(result.current).toBe(12);
});
