import { describe, expect, it } from 'vitest';

import { brokenRules } from './password_rules';

describe('the password policy while typing', () => {
  it('accepts what is long, mixed and its own', () => {
    expect(brokenRules('correct-horse-7', 'admin')).toEqual([]);
    expect(brokenRules('kieselweg94', 'admin')).toEqual([]);
  });

  it('names each rule that is broken', () => {
    expect(brokenRules('Kx7-q', 'admin')).toEqual(['short']);
    expect(brokenRules('kieselweg', 'admin')).toEqual(['kinds']);
    expect(brokenRules('my-admin-7x', 'admin')).toEqual(['account']);
    expect(brokenRules('my-nimda-7x', 'admin')).toEqual(['account']);
    expect(brokenRules('kiesel123weg', 'admin')).toEqual(['run']);
    expect(brokenRules('Kieselabcweg', 'admin')).toEqual(['run']);
    expect(brokenRules('kieselweg111', 'admin')).toEqual(['repeat']);
    expect(brokenRules('Passw0rd!', 'admin')).toEqual(['common']);
    expect(brokenRules('Welcome2025', 'admin')).toEqual(['common']);
  });

  it('lists several at once', () => {
    expect(brokenRules('111', 'admin')).toEqual(['short', 'kinds', 'repeat']);
    expect(brokenRules('', 'admin')).toEqual(['short', 'kinds']);
  });
});
