// Keys of the station: from a physical keyboard, and on their way to the controller.

export const stationKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** The characters of a full-width keyboard. */
const wide = /^[！-～]$/;

/**
 * The station's key for a key of the keyboard, or null. Enter is # and Escape is *. AltGr (Ctrl + Alt)
 * types # on some keyboards, so only Ctrl or Alt alone keep their own meaning.
 */
export function keyFor(press: KeyPress): string | null {
  if (press.metaKey || press.ctrlKey !== press.altKey) return null;
  const key = wide.test(press.key) ? press.key.normalize('NFKC') : press.key;
  if (/^[0-9*#]$/.test(key)) return key;
  if (key === 'Enter') return '#';
  if (key === 'Escape') return '*';
  return null;
}

/** Someone who is in a field, or on a button, means that and not the station. */
export function belongsElsewhere(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select, dialog[open]')) return true;
  return (
    (key === 'Enter' || key === 'Escape') && target.closest('button, a, summary, [role="button"]') !== null
  );
}

/** What the echo under the keys shows: that keys were pressed, not which. */
export function maskKeys(keys: string): string {
  return keys.replace(/[0-9]/g, '•');
}

/** Sends presses in order, one request at a time; what was pressed meanwhile goes together in the next. */
export class KeyQueue {
  private waiting = '';
  private sending = false;

  constructor(private readonly send: (keys: string) => Promise<void>) {}

  async press(keys: string): Promise<void> {
    this.waiting += keys;
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.waiting) {
        const next = this.waiting;
        this.waiting = '';
        await this.send(next);
      }
    } finally {
      this.waiting = '';
      this.sending = false;
    }
  }
}
