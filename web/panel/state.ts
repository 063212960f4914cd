// What a controller says about one door: GET /panel/state and every message of /panel/stream.
export type Light = 'off' | 'blue' | 'blue_flashing' | 'green' | 'red';
export type Mode = 'normal' | 'always_open' | 'always_closed' | 'lockdown';
export type InputName = 'contact' | 'exit_button' | 'tamper' | 'reader_case' | 'fire';

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
  reader_count: number;
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
