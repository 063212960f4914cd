// From the controller's signals to what one sees and hears.
import type { Light, Signal } from './state';

export interface Beep {
  /** Milliseconds after the signal. */
  start: number;
  length: number;
}

const single = 130;
const repeated = 90;
const pause = 80;

/** One long beep, or several short ones, as the buzzer of a door station sounds. */
export function beepPlan(beeps: number): Beep[] {
  const length = beeps === 1 ? single : repeated;
  return Array.from({ length: Math.max(0, beeps) }, (_, i) => ({ start: i * (repeated + pause), length }));
}

export function planLength(plan: Beep[]): number {
  const last = plan.at(-1);
  return last ? last.start + last.length : 0;
}

/** The light that a signal asks for; null for one that has none. */
export function lightOf(signal: string): Light | null {
  switch (signal) {
    case 'menu':
      return 'blue_flashing';
    case 'success':
    case 'unlocked':
      return 'green';
    case 'failure':
    case 'denied':
      return 'red';
    default:
      return null;
  }
}

/** A signal stays visible this long, even when simulated time has already jumped past it. */
export const shortestFlash = 700;

export function shownLight(light: Light, flash: { light: Light; since: number } | null, now: number): Light {
  return flash && now - flash.since < shortestFlash ? flash.light : light;
}

/**
 * Picks the signals that have not been played yet. What happened before the page came is history, not sound.
 * A sequence that falls back means that the controller has started anew: then only its newest signal counts.
 */
export class SignalReader {
  private last: number | null = null;

  take(signals: Signal[]): Signal[] {
    const newest = signals.at(-1)?.sequence ?? 0;
    const last = this.last;
    this.last = newest;
    if (last === null || newest === last) return [];
    if (newest < last) return signals.slice(-1);
    return signals.filter((signal) => signal.sequence > last);
  }

  /** After a lost connection or at another door: what is there now is history again. */
  forget(): void {
    this.last = null;
  }
}
