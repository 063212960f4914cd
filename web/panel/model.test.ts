import { describe, expect, it } from 'vitest';

import { cardNumber, CardTray, groupedNumber } from './cards';
import { civilTime, offsetOf, settingFor, ticking } from './clock';
import { refusal } from './panel';
import { type PanelState, statusOf } from './state';
import { preferredLanguage, speak, t, word } from './text';

describe('card numbers', () => {
  it('are upper-case hexadecimal of 8 digits, or 16', () => {
    expect(cardNumber(' 04a1 b2c3 ')).toBe('04A1B2C3');
    expect(cardNumber('1f')).toBe('0000001F');
    expect(cardNumber('123456789')).toBe('0000000123456789');
  });

  it('are refused when they are none', () => {
    for (const wrong of ['', 'xyz', '12345678901234567', '12.3']) expect(cardNumber(wrong)).toBeNull();
  });

  it('are grouped for reading', () => {
    expect(groupedNumber('04A1B2C3')).toBe('04A1 B2C3');
  });
});

describe('the tray', () => {
  const shelf = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
    };
  };

  it('keeps own cards, once each', () => {
    const storage = shelf();
    const tray = new CardTray(storage);
    const given = tray.cards().length;
    tray.add('0000001F');
    tray.add('0000001F');
    tray.add('04A1B2C3');
    expect(new CardTray(storage).cards()).toHaveLength(given + 1);
    tray.remove('0000001F');
    expect(new CardTray(storage).cards()).toHaveLength(given);
  });

  it('survives nonsense in the storage', () => {
    const tray = new CardTray({ getItem: () => 'oops,,0000001F', setItem: () => undefined });
    expect(tray.cards().filter((card) => card.own)).toEqual([{ number: '0000001F', own: true }]);
  });
});

describe("the door's clock", () => {
  it("reads in the door's zone, wherever the browser is", () => {
    expect(ticking('2026-03-29T01:59:50+01:00', 0)).toEqual({
      date: '2026-03-29',
      time: '01:59:50',
      offset: '+01:00',
    });
  });

  it('goes on between two messages, over midnight too', () => {
    expect(ticking('2025-12-31T23:59:58-05:00', 3_500)).toMatchObject({
      date: '2026-01-01',
      time: '00:00:01',
    });
  });

  it('shows the time of a signal, given in UTC, in the same zone', () => {
    const offset = offsetOf('2026-07-01T00:00:00+08:00');
    expect(civilTime(Date.parse('2026-06-30T16:30:00Z'), offset)?.time).toBe('00:30:00');
    expect(offsetOf('2026-07-01T00:00:00Z')).toBe('+00:00');
    expect(civilTime(Number.NaN, offset)).toBeNull();
  });

  it('is set with date, time and offset', () => {
    expect(settingFor('2026-03-29', '01:59', '+01:00')).toBe('2026-03-29T01:59:00+01:00');
    expect(settingFor('2026-03-29', '01:59:50', '+01:00')).toBe('2026-03-29T01:59:50+01:00');
    expect(settingFor('', '01:59', '+01:00')).toBeNull();
  });
});

describe('the word over the door', () => {
  const state = (fields: Partial<PanelState>): PanelState =>
    ({ lock: 'locked', contact: 'closed', mode: 'normal', ...fields }) as PanelState;

  it('names the fact first, then the mode, then the lock', () => {
    expect(statusOf(state({}), true)).toBe('locked');
    expect(statusOf(state({ lock: 'released' }), true)).toBe('released');
    expect(statusOf(state({ mode: 'lockdown' }), true)).toBe('lockdown');
    expect(statusOf(state({ mode: 'always_open', contact: 'open', lock: 'released' }), true)).toBe('open');
    expect(statusOf(state({ contact: 'unknown' }), true)).toBe('locked');
  });

  it('never claims to know without a connection', () => {
    expect(statusOf(state({}), false)).toBe('offline');
    expect(statusOf(null, true)).toBe('offline');
  });
});

describe('words', () => {
  it('follow the browser, then the wish', () => {
    expect(preferredLanguage(null, ['zh-CN', 'en'])).toBe('zh');
    expect(preferredLanguage(null, ['de', 'zh'])).toBe('en');
    expect(preferredLanguage('en', ['zh'])).toBe('en');
  });

  it('fill in values and fall back to the name itself', () => {
    speak('en');
    expect(t('door_n', { n: 2 })).toBe('Door 2');
    expect(word('alarm', 'intrusion')).toBe('Forced open');
    expect(word('alarm', 'water_leak')).toBe('water leak');
  });

  it('find the sentence in a refusal', () => {
    expect(refusal('{"code":"x","message":"Keys are 0-9, * and #."}', 400)).toBe('Keys are 0-9, * and #.');
    expect(refusal('Plain words.', 400)).toBe('Plain words.');
    expect(refusal('', 502)).toContain('502');
  });
});
