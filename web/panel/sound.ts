// The buzzer. Browsers let a page sound only after the first click or key, so the context is made then.
import type { Beep } from './signals';

const buzzerHertz = 2_730;
const clickHertz = 1_850;

export class Buzzer {
  private context: AudioContext | null = null;

  constructor(public muted: boolean) {}

  wake(): void {
    if (this.muted || typeof AudioContext === 'undefined') return;
    this.context ??= new AudioContext();
    if (this.context.state === 'suspended') void this.context.resume();
  }

  play(plan: Beep[]): void {
    for (const beep of plan) this.tone(buzzerHertz, 0.05, beep.start / 1000, beep.length / 1000);
  }

  /** The short, always equal sound of a key. */
  click(): void {
    this.tone(clickHertz, 0.018, 0, 0.028);
  }

  private tone(hertz: number, volume: number, start: number, length: number): void {
    const context = this.context;
    if (this.muted || !context || context.state !== 'running') return;
    const from = context.currentTime + start;
    const edge = 0.004;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(volume, from + edge);
    gain.gain.setValueAtTime(volume, from + length - edge);
    gain.gain.linearRampToValueAtTime(0, from + length);
    const tone = context.createOscillator();
    tone.type = 'triangle';
    tone.frequency.value = hertz;
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
