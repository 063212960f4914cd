import { describe, expect, it } from 'vitest';

import { endingOf } from './certificate_end';

describe('the end of a certificate', () => {
  const now = new Date('2026-03-01T00:00:00Z');
  it('is said thirty days before, and once it is over', () => {
    expect(endingOf('2026-04-01T00:00:00Z', now)).toBeNull();
    expect(endingOf('2026-03-31T00:00:00Z', now)).toEqual({ state: 'soon', days: 30 });
    expect(endingOf('2026-03-01T01:00:00Z', now)).toEqual({ state: 'soon', days: 1 });
    expect(endingOf('2026-03-01T00:00:00Z', now)).toEqual({ state: 'over' });
    expect(endingOf(null, now)).toBeNull();
  });
});
