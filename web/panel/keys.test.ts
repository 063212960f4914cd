import { describe, expect, it } from 'vitest';

import { belongsElsewhere, keyFor, KeyQueue, maskKeys } from './keys';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) =>
  keyFor({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('physical keys', () => {
  it('takes digits, star and hash', () => {
    for (const key of '0123456789*#') expect(press(key)).toBe(key);
  });

  it('takes Enter as # and Escape as *', () => {
    expect(press('Enter')).toBe('#');
    expect(press('Escape')).toBe('*');
  });

  it('takes full-width characters of a Chinese keyboard', () => {
    expect(['５', '＃', '＊'].map((key) => press(key))).toEqual(['5', '#', '*']);
  });

  it('leaves short cuts and other keys alone', () => {
    expect(press('1', { ctrlKey: true })).toBeNull();
    expect(press('1', { metaKey: true })).toBeNull();
    expect(press('1', { altKey: true })).toBeNull();
    expect(press('a')).toBeNull();
    expect(press('F5')).toBeNull();
    expect(press('²')).toBeNull();
  });

  it('takes a # that needs AltGr', () => {
    expect(press('#', { ctrlKey: true, altKey: true })).toBe('#');
  });
});

describe('where a key belongs', () => {
  it('leaves fields and open dialogs alone', () => {
    document.body.innerHTML = '<input id="i"><dialog open><p id="p"></p></dialog><button id="b"></button>';
    const at = (id: string) => document.getElementById(id);
    expect(belongsElsewhere(at('i'), '1')).toBe(true);
    expect(belongsElsewhere(at('p'), '1')).toBe(true);
    expect(belongsElsewhere(at('b'), '1')).toBe(false);
    expect(belongsElsewhere(at('b'), 'Enter')).toBe(true);
    expect(belongsElsewhere(document.body, 'Enter')).toBe(false);
  });
});

describe('echo', () => {
  it('never shows a digit', () => {
    expect(maskKeys('#8888#*')).toBe('#••••#*');
  });
});

describe('queue', () => {
  it('keeps the order and sends what was pressed meanwhile together', async () => {
    const sent: string[] = [];
    let finish: () => void = () => undefined;
    const queue = new KeyQueue((keys) => {
      sent.push(keys);
      return new Promise((resolve) => (finish = resolve));
    });
    const done = queue.press('1');
    void queue.press('2');
    void queue.press('#');
    expect(sent).toEqual(['1']);
    finish();
    await Promise.resolve();
    await Promise.resolve();
    expect(sent).toEqual(['1', '2#']);
    finish();
    await done;
  });

  it('drops what waited behind a failure and goes on with the next press', async () => {
    const sent: string[] = [];
    const queue = new KeyQueue((keys) => {
      sent.push(keys);
      return sent.length === 1 ? Promise.reject(new Error('offline')) : Promise.resolve();
    });
    const first = queue.press('1');
    void queue.press('2');
    await expect(first).rejects.toThrow('offline');
    await queue.press('3');
    expect(sent).toEqual(['1', '3']);
  });
});
