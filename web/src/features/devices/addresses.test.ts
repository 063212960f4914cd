import { describe, expect, it } from 'vitest';

import { following, numberOf } from './addresses';

describe('addresses', () => {
  it('are four numbers', () => {
    expect(numberOf('192.168.1.20')).toBe(0xc0a80114);
    for (const wrong of ['192.168.1', '192.168.1.256', '1.2.3.4.5', '01.2.3.4', 'a.b.c.d', '']) {
      expect(numberOf(wrong), wrong).toBeNull();
    }
  });

  it('follow one another past the ends of a network', () => {
    expect(following('10.0.0.253', 4)).toEqual(['10.0.0.253', '10.0.0.254', '10.0.1.1', '10.0.1.2']);
    expect(following('223.255.255.254', 2)).toBeNull();
    expect(following('nowhere', 1)).toBeNull();
  });
});
