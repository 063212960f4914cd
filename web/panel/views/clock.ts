// The clock strip: the door's civil time, and the hand that moves it.
import { settingFor, ticking, weekday } from '../clock';
import type { Panel, PanelView } from '../panel';
import type { PanelState } from '../state';
import { language, t } from '../text';
import { byId, calm, make, note, setText } from './page';

const steps = [1, 30, 60];

export class ClockView implements PanelView {
  private readonly form = byId<HTMLFormElement>('set-form');

  constructor(private readonly panel: Panel) {
    setInterval(() => this.tick(), 200);
    byId('set-time').addEventListener('click', () => (this.form.hidden ? this.ask() : this.close()));
    byId('set-cancel').addEventListener('click', () => this.close());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.set();
    });
    byId('power').addEventListener('click', () => void this.cut());
  }

  words(): void {
    byId('advance').replaceChildren(
      ...steps.map((seconds) => {
        const label = t('advance_label', { s: seconds });
        const button = make('button', { type: 'button', title: label }, t('advance_s', { s: seconds }));
        button.addEventListener('click', () => void this.panel.advance(seconds * 1000));
        return button;
      }),
    );
    this.tick();
  }

  state(state: PanelState): void {
    byId('clock-trust').hidden = state.clock_trust === 'set';
    this.tick();
  }

  private now(): ReturnType<typeof ticking> {
    const { last, receivedAt } = this.panel;
    return last ? ticking(last.time, performance.now() - receivedAt) : null;
  }

  private tick(): void {
    const now = this.now();
    if (!now) return;
    setText(byId('clock-time'), now.time);
    setText(byId('clock-date'), `${weekday(now.date, language())} ${now.date} ${now.offset}`);
  }

  private ask(): void {
    const now = this.now();
    byId<HTMLInputElement>('set-date').value = now?.date ?? '';
    byId<HTMLInputElement>('set-clock').value = now?.time ?? '';
    setText(byId('set-offset'), now?.offset ?? '');
    this.form.hidden = false;
    byId('set-time').setAttribute('aria-expanded', 'true');
    byId('set-clock').focus();
  }

  private close(): void {
    this.form.hidden = true;
    byId('set-time').setAttribute('aria-expanded', 'false');
    byId('set-time').focus();
  }

  private async set(): Promise<void> {
    const date = byId<HTMLInputElement>('set-date').value;
    const time = byId<HTMLInputElement>('set-clock').value;
    const setting = settingFor(date, time, byId('set-offset').textContent ?? '');
    if (setting && (await this.panel.setClock(setting))) this.close();
  }

  private async cut(): Promise<void> {
    const dark = byId('blackout');
    if (!calm()) {
      const frames = [
        { opacity: 0 },
        { opacity: 1, offset: 0.08 },
        { opacity: 1, offset: 0.7 },
        { opacity: 0 },
      ];
      dark.animate(frames, { duration: 900, easing: 'ease-in' });
    }
    if (await this.panel.cutPower()) note(t('power_hint'));
  }
}
