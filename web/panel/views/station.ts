// The keypad station: light ring, keys, buzzer.
import { belongsElsewhere, keyFor, maskKeys, stationKeys } from '../keys';
import type { Panel, PanelView } from '../panel';
import { beepPlan, lightOf, planLength, shortestFlash, shownLight } from '../signals';
import type { Buzzer } from '../sound';
import type { Light, PanelState, Reader, Signal } from '../state';
import { language, t, word } from '../text';
import { byId, make, setText } from './page';

const echoStays = 3_000;
const typingPace = 130;

export class StationView implements PanelView {
  private readonly root = byId('station');
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private flash: { light: Light; since: number } | null = null;
  private light: Light = 'off';
  private echo = '';
  private echoTimer: ReturnType<typeof setTimeout> | undefined;
  private beepTimer: ReturnType<typeof setTimeout> | undefined;
  private typing: Promise<void> = Promise.resolve();

  constructor(
    private readonly panel: Panel,
    private readonly buzzer: Buzzer,
  ) {
    for (const key of stationKeys) {
      const button = make('button', { type: 'button', class: 'key', tabindex: '0' }, make('span', {}, key));
      this.listen(button, key);
      this.buttons.set(key, button);
      byId('keys').append(button);
    }
    document.addEventListener('keydown', (event) => {
      const key = keyFor(event);
      if (!key || event.repeat || belongsElsewhere(event.target, event.key)) return;
      event.preventDefault();
      this.press(key);
    });
  }

  /** A mouse presses at once, a finger when it lifts: it may be scrolling. */
  private listen(button: HTMLButtonElement, key: string): void {
    let pressed = false;
    button.addEventListener('pointerdown', (event) => {
      pressed = event.pointerType === 'mouse' && event.button === 0;
      if (pressed) this.press(key);
    });
    button.addEventListener('click', () => {
      if (!pressed) this.press(key);
      pressed = false;
    });
  }

  press(key: string): void {
    this.buzzer.wake();
    this.buzzer.click();
    this.show(key);
    this.panel.press(key);
  }

  /** Types for the newcomer, slowly enough to follow. */
  type(keys: string): void {
    for (const key of keys) {
      this.typing = this.typing.then(() => {
        this.press(key);
        return new Promise((resolve) => setTimeout(resolve, typingPace));
      });
    }
  }

  words(): void {
    for (const [key, button] of this.buttons) {
      const label = key === '*' ? t('key_star') : key === '#' ? t('key_hash') : t('key', { k: key });
      button.setAttribute('aria-label', label);
    }
    this.showReaders(this.panel.last?.readers ?? []);
    this.showLight();
  }

  state(state: PanelState): void {
    this.light = state.light;
    this.root.toggleAttribute('data-keys-lit', state.keyboard_light);
    this.root.toggleAttribute(
      'data-opened',
      this.panel.inputOf('tamper') || this.panel.inputOf('reader_case'),
    );
    this.showReaders(state.readers);
    this.showLight();
  }

  signal(signal: Signal): void {
    const light = lightOf(signal.signal);
    if (light) {
      this.flash = { light, since: performance.now() };
      setTimeout(() => this.showLight(), shortestFlash + 20);
    }
    const plan = beepPlan(signal.beeps);
    this.buzzer.play(plan);
    this.showBeeps(signal.beeps, planLength(plan));
  }

  door(): void {
    this.flash = null;
    setText(byId('beeps'), '');
  }

  private show(key: string): void {
    const button = this.buttons.get(key);
    if (button) {
      button.classList.add('key--down');
      setTimeout(() => button.classList.remove('key--down'), 140);
    }
    this.echo = (this.echo + key).slice(-18);
    setText(byId('echo'), maskKeys(this.echo));
    clearTimeout(this.echoTimer);
    this.echoTimer = setTimeout(() => {
      this.echo = '';
      setText(byId('echo'), '');
    }, echoStays);
  }

  private showLight(): void {
    const light = shownLight(this.light, this.flash, performance.now());
    this.root.dataset.light = light;
    const cause = light === 'green' || light === 'red' ? this.panel.last?.signals.at(-1)?.signal : undefined;
    const because = cause && lightOf(cause) === light ? `: ${word('signal', cause)}` : '';
    setText(byId('light-word'), t(`light_${light}`) + because);
  }

  private showBeeps(count: number, length: number): void {
    if (count === 0) return;
    const grille = byId('grille');
    const beeps = byId('beeps');
    beeps.replaceChildren(
      make('span', { class: 'unseen' }, count === 1 ? t('beep') : t('beeps', { n: count })),
    );
    const dots = beepPlan(count).map((beep) => {
      const dot = make('i', { 'aria-hidden': 'true' });
      setTimeout(() => {
        dot.classList.add('now');
        grille.classList.add('grille--sounds');
      }, beep.start);
      setTimeout(() => grille.classList.remove('grille--sounds'), beep.start + beep.length);
      return dot;
    });
    beeps.append(...dots);
    clearTimeout(this.beepTimer);
    this.beepTimer = setTimeout(() => beeps.replaceChildren(), length + 1_600);
  }

  private showReaders(all: Reader[]): void {
    const readers = byId('readers');
    readers.hidden = all.length < 2;
    const key = [language(), ...all.map((one) => one.direction)].join();
    if (readers.dataset.shown !== key) this.drawReaders(all);
    readers.dataset.shown = key;
    for (const [index, button] of [...readers.children].entries()) {
      button.setAttribute('aria-pressed', String(index + 1 === this.panel.reader));
    }
  }

  private drawReaders(all: Reader[]): void {
    byId('readers').replaceChildren(
      ...all.map(({ direction }, index) => {
        const number = index + 1;
        const way = direction === 'none' ? '' : ` · ${t(`direction_${direction}`)}`;
        const button = make('button', { type: 'button' }, t('reader_n', { n: number }) + way);
        button.addEventListener('click', () => {
          this.panel.reader = number;
          this.showReaders(all);
        });
        return button;
      }),
    );
  }
}
