import { beforeEach, describe, expect, it } from 'vitest';

import { cardFrom, isBurst, rememberedIssuer, rememberIssuer } from './issuer';

describe('a number from a desktop issuer', () => {
  it('is what a door reads from the same card', () => {
    expect(cardFrom('04a1b2c3', 'hex')).toBe('04A1B2C3');
    expect(cardFrom(' 1f ', 'hex')).toBe('0000001F');
    expect(cardFrom('C3B2A104', 'hex_reversed')).toBe('04A1B2C3');
    expect(cardFrom('77705923', 'decimal')).toBe('04A1B2C3');
    expect(cardFrom('0077705923', 'decimal')).toBe('04A1B2C3');
    expect(cardFrom('3283263748', 'decimal_reversed')).toBe('04A1B2C3');
    expect(cardFrom('12,34567', 'facility')).toBe('000C8707');
    expect(cardFrom('01234567', 'facility')).toBe('000C8707');
  });

  it('may have seven or eight bytes', () => {
    expect(cardFrom('04112233445566', 'hex')).toBe('0004112233445566');
    expect(cardFrom('1122334455667788', 'hex_reversed')).toBe('8877665544332211');
    expect(cardFrom('18446744073709551615', 'decimal')).toBe('FFFFFFFFFFFFFFFF');
  });

  it('is none where the format is another one', () => {
    expect(cardFrom('XYZ', 'hex')).toBeNull();
    expect(cardFrom('', 'hex')).toBeNull();
    expect(cardFrom('4A', 'decimal')).toBeNull();
    expect(cardFrom('18446744073709551616', 'decimal')).toBeNull();
    expect(cardFrom('256,00001', 'facility')).toBeNull();
    expect(cardFrom('1,65536', 'facility')).toBeNull();
    expect(cardFrom('1', 'facility')).toBeNull();
  });
});

describe('an issuer', () => {
  beforeEach(() => localStorage.clear());

  it('types faster than a hand', () => {
    expect(isBurst([0, 8, 16, 24])).toBe(true);
    expect(isBurst([0, 8, 16])).toBe(false);
    expect(isBurst([0, 8, 16, 24, 200])).toBe(false);
  });

  it('is chosen once, and whatever else is kept there is no choice', () => {
    expect(rememberedIssuer().formats.id).toBe('decimal');
    rememberIssuer({ technology: 'ic', formats: { id: 'facility', ic: 'hex_reversed' } });
    expect(rememberedIssuer()).toEqual({ technology: 'ic', formats: { id: 'facility', ic: 'hex_reversed' } });
    for (const bad of ['{', 'null', '{"technology":"id"}', '{"technology":"x","formats":{}}']) {
      localStorage.setItem('sallyport.issuer', bad);
      expect(rememberedIssuer().technology).toBe('id');
    }
  });
});
