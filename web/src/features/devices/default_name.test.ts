import { describe, expect, it } from 'vitest';

import { defaultName } from './default_name';

const found = {
  key: 'a',
  address: '192.168.1.20',
  port: 37_777,
  serial: 'SP00000001F4',
  model: 'Sallyport Door',
  initialised: true,
  fingerprint: null,
  here: false,
};

describe('a name to begin with', () => {
  it('is the model with the end of the serial number, as long as it has to be', () => {
    const taken = new Set<string>();
    for (const name of [
      'Sallyport Door 01F4',
      'Sallyport Door 000001F4',
      'Sallyport Door SP00000001F4',
      '192.168.1.20:37777',
    ]) {
      expect(defaultName(found, taken)).toBe(name);
      taken.add(name);
    }
  });

  it('is the address of one that was typed, and the serial of one that dials in', () => {
    expect(defaultName({ ...found, serial: '', model: '' }, new Set())).toBe('192.168.1.20:37777');
    const dialled = { ...found, address: 'gate-0042', port: 0, serial: '10.0.0.7', model: '' };
    expect(defaultName(dialled, new Set())).toBe('gate-0042');
  });

  it('is never longer than a name may be', () => {
    expect(defaultName({ ...found, model: 'x'.repeat(80) }, new Set()).length).toBe(64);
  });
});
