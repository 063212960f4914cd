import type { Device } from '../src/api/client';

/** A controller of which there is nothing to say. */
export const quiet = {
  clock_trust: 'set',
  network_time: 'synchronised',
  missing_events: 0,
  password_issue: null,
  keypad_password: null,
  keypad_people: 0,
  refused_people: 0,
} satisfies Partial<Device>;
