// What the installer wired: every terminal of the manual's wiring table (manual 4, table 4-1) and of what
// belongs to a door beside it, with its live state. A value, so that it can be tested without a page.
import { type InputName, type Level, type PanelState, type Reader, type ReaderFault } from './state';
import { t, type TextKey } from './text';

/** What the lamp says: state only. */
export type Tone = 'rest' | 'active' | 'fault' | 'unused';

export interface Terminal {
  /** Stays the same while the wires do. */
  id: string;
  /** As it is printed on the device. */
  mark: string;
  connects: string;
  /** At the terminal: high, low, closed, open, volts. */
  level: string;
  /** What that means at the door. */
  means: string;
  tone: Tone;
  /** It can be switched by hand, to one of four levels. */
  input?: { name: InputName; level: Level };
  /** The reader can be disturbed, and paired while it has no key. */
  line?: { reader: number; fault: ReaderFault; unpaired: boolean };
}

export interface Block {
  id: 'network' | 'reader' | 'door' | 'supply' | 'safety';
  name: TextKey;
  terminals: Terminal[];
}

/** In two columns, from one to the other and back. */
export function wiringOf(state: PanelState): Block[] {
  return [
    { id: 'network', name: 'block_network', terminals: [networkOf(state)] },
    { id: 'door', name: 'block_door', terminals: doorTerminals(state) },
    { id: 'reader', name: 'block_reader', terminals: readerTerminals(state) },
    {
      id: 'supply',
      name: 'block_supply',
      terminals: [
        fixed('12 VDC IN', 'term_supply', t('volts', { n: 12 }), 'means_supply'),
        input(state, 'mains', t('mark_mains')),
        input(state, 'battery', t('mark_battery')),
      ],
    },
    {
      id: 'safety',
      name: 'block_safety',
      terminals: [input(state, 'tamper', t('mark_tamper')), input(state, 'fire', t('mark_fire'))],
    },
  ];
}

function networkOf({ network }: PanelState): Terminal {
  const { listen, discovery, connections } = network;
  const count = connections === 1 ? t('connection') : t('connections', { n: connections });
  const found = discovery ? t('found_at', { a: discovery }) : t('not_found');
  return {
    id: 'RJ45',
    mark: 'RJ45',
    connects: t('term_network'),
    level: count,
    means: `${t('managed_at', { a: listen })} · ${found}`,
    tone: connections > 0 ? 'active' : 'rest',
  };
}

function readerTerminals(state: PanelState): Terminal[] {
  const wired = state.readers.map((reader, index) => ({ reader, index: index + 1 }));
  const lines = wired.filter(({ reader }) => reader.wiring === 'osdp');
  const pulses = wired.filter(({ reader }) => reader.wiring === 'wiegand');
  const name = (index: number): string => (wired.length > 1 ? ` · ${t('reader_n', { n: index })}` : '');
  return [
    ...(lines.length > 0
      ? lines.map(({ reader, index }) => lineTerminal(reader, index))
      : [unused('485', '485+ 485−', 'term_line')]),
    ledTerminal(state),
    ...pulses.flatMap(({ reader, index }) => [
      dataTerminal('D0', index, t('term_d0') + name(index), reader.d0_pulses ?? 0),
      dataTerminal('D1', index, t('term_d1') + name(index), reader.d1_pulses ?? 0),
    ]),
    ...(pulses.length > 0 ? [] : [unused('D0', 'D0', 'term_d0'), unused('D1', 'D1', 'term_d1')]),
    input(state, 'reader_case', 'CASE'),
    fixed('GND', 'term_ground_reader', t('volts', { n: 0 }), 'means_ground', 'reader'),
    fixed('12V OUT', 'term_reader_supply', t('volts', { n: 12 }), 'means_reader_supply'),
  ];
}

function lineTerminal({ on, fault }: Reader, index: number): Terminal {
  const state = on?.state ?? 'offline';
  const place = t('line_place', { l: on?.line ?? 1, a: on?.address ?? 0, b: on?.baud ?? 0 });
  return {
    id: `485-${index}`,
    mark: '485+ 485−',
    connects: `${t('term_line')} · ${t('reader_n', { n: index })}`,
    level: t(`link_${state}`),
    means: on?.model ? `${place} · ${on.model}` : place,
    tone: state === 'online' ? 'active' : state === 'offline' ? 'fault' : 'rest',
    line: { reader: index, fault: fault ?? 'none', unpaired: state === 'unpaired' },
  };
}

function ledTerminal({ light }: PanelState): Terminal {
  return {
    id: 'LED',
    mark: 'LED',
    connects: t('term_led'),
    level: t(light === 'off' ? 'level_low' : 'level_high'),
    means: t(`light_${light}`),
    tone: light === 'off' ? 'rest' : 'active',
  };
}

/** Both lines rest high; a pulse is a bit (controller.md R1). */
function dataTerminal(mark: 'D0' | 'D1', reader: number, connects: string, pulses: number): Terminal {
  const means = t(mark === 'D0' ? 'means_zeros' : 'means_ones', { n: pulses });
  return { id: `${mark}-${reader}`, mark, connects, level: t('level_high'), means, tone: 'rest' };
}

function doorTerminals(state: PanelState): Terminal[] {
  const released = state.lock === 'released';
  const relay = (mark: 'NO' | 'NC', joined: boolean): Terminal => ({
    id: mark,
    mark,
    connects: t(mark === 'NO' ? 'term_no' : 'term_nc'),
    level: t(joined ? 'level_closed' : 'level_open'),
    means: t(joined ? 'means_joined' : 'means_parted'),
    tone: joined ? 'active' : 'rest',
  });
  const contact = input(state, 'contact', 'SR');
  if (state.contact === 'unknown') contact.means += ` · ${t('means_unwatched')}`;
  return [
    input(state, 'exit_button', 'PUSH'),
    fixed('GND', 'term_ground_inputs', t('volts', { n: 0 }), 'means_ground', 'inputs'),
    contact,
    relay('NO', released),
    relay('NC', !released),
    {
      id: 'COM',
      mark: 'COM',
      connects: t('term_com'),
      level: released ? 'NO' : 'NC',
      means: t(released ? 'means_relay_on' : 'means_relay_off'),
      tone: released ? 'active' : 'rest',
    },
    fixed('GND', 'term_ground_lock', t('volts', { n: 0 }), 'means_ground', 'lock'),
  ];
}

function input(state: PanelState, name: InputName, mark: string): Terminal {
  const level = state.inputs[name];
  const broken = level === 'cut' || level === 'shorted';
  return {
    id: name,
    mark,
    connects: t(`term_${name}`),
    level: t(`level_${level}`),
    means: t(broken ? `fault_${name}` : `${level}_${name}`),
    tone: broken ? 'fault' : level === 'active' ? 'active' : 'rest',
    input: { name, level },
  };
}

function fixed(mark: string, connects: TextKey, level: string, means: TextKey, of = ''): Terminal {
  return { id: `${mark}${of}`, mark, connects: t(connects), level, means: t(means), tone: 'rest' };
}

function unused(id: string, mark: string, connects: TextKey): Terminal {
  return { id, mark, connects: t(connects), level: '–', means: t('means_unused'), tone: 'unused' };
}
