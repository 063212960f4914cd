import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { Fingerprint, print_form, printOf } from './fingerprint';

describe('the fingerprint of a certificate', () => {
  const written = `9F:0A${':AB'.repeat(30)}`;
  const plain = `9f0a${'ab'.repeat(30)}`;

  it('is read however somebody types it, and written in one way', () => {
    for (const typed of [written, plain, plain.replaceAll(/(.{8})(?=.)/g, '$1 ')]) {
      expect(typed).toMatch(print_form);
      expect(printOf(typed)).toBe(written);
    }
    expect(plain.slice(1)).not.toMatch(print_form);
    expect(printOf('')).toBe('');
  });

  it('can be copied from a page as it is', () => {
    expect(render(<Fingerprint of={written} />).container.textContent).toBe(written);
  });
});
