// What a controller says about one door: GET /panel/state and every message of /panel/stream.
export type Light = 'off' | 'blue' | 'blue_flashing' | 'green' | 'red';
export type Mode = 'normal' | 'always_open' | 'always_closed' | 'lockdown';
export const inputNames = [
  'contact',
  'exit_button',
  'tamper',
  'reader_case',
  'fire',
  'mains',
  'battery',
] as const;
export type InputName = (typeof inputNames)[number];
/** A supervised line has four states; the last two are its faults. */
export const levels = ['inactive', 'active', 'cut', 'shorted'] as const;
export type Level = (typeof levels)[number];
export const readerFaults = ['none', 'unplugged', 'noisy'] as const;
export type ReaderFault = (typeof readerFaults)[number];

/** A reader wired by D0 and D1, or one on an OSDP line. */
export interface Reader {
  number: number;
  direction: 'none' | 'entry' | 'exit';
  wiring: 'wiegand' | 'osdp';
  d0_pulses?: number;
  d1_pulses?: number;
  fault?: ReaderFault;
  on?: {
    line: number;
    address: number;
    baud: number;
    state: 'unpaired' | 'pairing' | 'offline' | 'online';
    model?: string;
  };
}

export interface AlarmEntry {
  alarm: string;
  started: string;
  /** Missing while it lasts. */
  ended?: string;
}

export interface Signal {
  sequence: number;
  at: string;
  signal: string;
  beeps: number;
}

export interface PanelState {
  awake: boolean;
  light: Light;
  keyboard_light: boolean;
  lock: 'locked' | 'released';
  contact: 'open' | 'closed' | 'unknown';
  mode: Mode;
  alarms: string[];
  /** Of `alarms`. */
  silenced: string[];
  /** The newest first. */
  alarm_log: AlarmEntry[];
  inputs: Record<InputName, Level>;
  readers: Reader[];
  network: { listen: string; discovery?: string; connections: number };
  signals: Signal[];
  fingerprint: string;
  initialised: boolean;
  doors: number;
  serial: string;
  /** Civil time at the door, RFC 3339 with offset. */
  time: string;
  clock_trust: 'set' | 'not_set';
  /** 0 when locked. */
  hold_ms_left: number;
  menu: boolean;
}

export type StatusKind =
  'offline' | 'always_open' | 'always_closed' | 'lockdown' | 'open' | 'released' | 'locked';

/** The one word that stands over the door. Alarms stand beside it, never in its place. */
export function statusOf(state: PanelState | null, connected: boolean): StatusKind {
  if (!connected || !state) return 'offline';
  if (state.contact === 'open') return 'open';
  if (state.mode !== 'normal') return state.mode;
  return state.lock;
}
