import { beforeAll, describe, expect, it } from 'vitest';

import type { InputName, Level, PanelState, Reader } from './state';
import { inputNames } from './state';
import { speak } from './text';
import { type Terminal, wiringOf } from './wiring';

const wired: Reader = { number: 1, direction: 'entry', wiring: 'wiegand', d0_pulses: 17, d1_pulses: 19 };
const played: Reader = {
  number: 2,
  direction: 'exit',
  wiring: 'osdp',
  fault: 'none',
  on: { line: 1, address: 3, baud: 115_200, state: 'unpaired' },
};

function site(fields: Partial<PanelState> = {}, inputs: Partial<Record<InputName, Level>> = {}): PanelState {
  const quiet = Object.fromEntries(inputNames.map((name) => [name, 'inactive']));
  return {
    lock: 'locked',
    contact: 'closed',
    light: 'off',
    readers: [wired],
    network: { listen: '0.0.0.0:37777', discovery: '0.0.0.0:37810', connections: 0 },
    inputs: { ...quiet, ...inputs },
    ...fields,
  } as PanelState;
}

function terminal(state: PanelState, id: string): Terminal {
  const found = wiringOf(state)
    .flatMap((block) => block.terminals)
    .find((one) => one.id === id);
  if (!found) throw new Error(`There is no terminal ${id}.`);
  return found;
}

beforeAll(() => speak('en'));

describe('the terminals', () => {
  it('are all of the table in the manual, and what belongs to a door beside it', () => {
    const marks = wiringOf(site())
      .flatMap((block) => block.terminals)
      .map(({ mark }) => mark);
    const manual = [
      'RJ45',
      '485+ 485−',
      'LED',
      'D0',
      'D1',
      'CASE',
      'GND',
      '12V OUT',
      'PUSH',
      'SR',
      'NO',
      'NC',
    ];
    for (const mark of [...manual, 'COM', '12 VDC IN', 'TAMPER', 'FIRE', 'MAINS', 'BATT'])
      expect(marks).toContain(mark);
    expect(marks.filter((mark) => mark === 'GND')).toHaveLength(3);
    const ids = wiringOf(site({ readers: [wired, { ...wired, number: 2 }, played] }))
      .flatMap((block) => block.terminals)
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tell the four levels of a supervised line apart', () => {
    const tones = (['inactive', 'active', 'cut', 'shorted'] as const).map((level) => {
      const { tone, means, input } = terminal(site({}, { contact: level }), 'contact');
      expect(input).toEqual({ name: 'contact', level });
      return [tone, means];
    });
    expect(tones).toEqual([
      ['rest', 'Door closed'],
      ['active', 'Door open'],
      ['fault', 'Line fault: open, tampering'],
      ['fault', 'Line fault: open, tampering'],
    ]);
  });

  it('say that nobody watches a contact while the detector is off', () => {
    expect(terminal(site({ contact: 'unknown' }), 'contact').means).toBe(
      'Door closed · not watched (menu 6)',
    );
  });

  it('follow the relay', () => {
    const locked = site();
    const released = site({ lock: 'released' });
    expect([terminal(locked, 'NO').level, terminal(locked, 'NC').level]).toEqual(['open', 'closed']);
    expect([terminal(released, 'NO').level, terminal(released, 'NC').level]).toEqual(['closed', 'open']);
    expect(terminal(released, 'COM')).toMatchObject({ level: 'NO', tone: 'active' });
  });

  it('show what a reader sent, and where one on a line hangs', () => {
    expect(terminal(site(), 'D0-1').means).toContain('17 zeros');
    expect(terminal(site(), 'D1-1').means).toContain('19 ones');
    expect(terminal(site(), '485').tone).toBe('unused');
    const line = terminal(site({ readers: [wired, played] }), '485-2');
    expect(line).toMatchObject({ level: 'Not paired', line: { reader: 2, fault: 'none', unpaired: true } });
    expect(line.means).toContain('address 3');
    expect(terminal(site({ readers: [played] }), 'D0').tone).toBe('unused');
  });

  it('say who is connected', () => {
    const network = { listen: '0.0.0.0:37777', connections: 1 };
    expect(terminal(site({ network }), 'RJ45')).toMatchObject({ level: '1 connection', tone: 'active' });
    expect(terminal(site({ network }), 'RJ45').means).toContain('not found');
  });
});
