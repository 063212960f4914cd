// What the controller says about itself: status, alarms, guide, signals, device.
import { civilTime, offsetOf } from '../clock';
import type { Panel, PanelView } from '../panel';
import { lightOf } from '../signals';
import { type AlarmEntry, type PanelState, statusOf } from '../state';
import { t, type TextKey, word } from '../text';
import { statusIcon } from './door';
import { byId, icon, make, note, setText } from './page';

export class StatusView implements PanelView {
  private longestHold = 0;
  private shownAlarms = '';

  constructor(private readonly panel: Panel) {
    setInterval(() => this.showHold(), 100);
    byId('silence').addEventListener('click', () => void panel.silence());
  }

  words(): void {
    this.shownAlarms = '';
    this.connection();
    if (this.panel.last) this.state(this.panel.last);
  }

  connection(): void {
    const status = statusOf(this.panel.last, this.panel.link.connected);
    byId('status').dataset.status = status;
    byId('status-icon').setAttribute('href', `#${statusIcon[status]}`);
    const since = this.panel.link.since.toLocaleTimeString('en-GB');
    setText(
      byId('status-word'),
      status === 'offline' ? t('status_offline_since', { t: since }) : t(`status_${status}`),
    );
  }

  state(state: PanelState): void {
    this.connection();
    const keypad = state.menu ? 'keypad_menu' : state.awake ? 'keypad_awake' : 'keypad_asleep';
    const facts: [TextKey, TextKey][] = [
      ['lock', `lock_${state.lock}`],
      ['contact', `contact_${state.contact}`],
      ['mode', `mode_${state.mode}`],
      ['keypad', keypad],
    ];
    const list = byId('facts');
    const text = facts.map(([, value]) => t(value)).join('|') + t('lock');
    if (list.dataset.text !== text) {
      list.dataset.text = text;
      list.replaceChildren(
        ...facts.map(([name, value]) => make('div', {}, make('dt', {}, t(name)), make('dd', {}, t(value)))),
      );
    }
    this.showAlarms(state.alarms, state.silenced);
    this.showHold();
  }

  private showAlarms(alarms: string[], silenced: string[]): void {
    byId('silence').hidden = alarms.length === silenced.length || !this.panel.link.connected;
    const key = `${alarms.join(',')} ${silenced.join(',')}`;
    if (key === this.shownAlarms) return;
    this.shownAlarms = key;
    const none = make('p', { class: 'alarms__none' }, t('no_alarms'));
    const rows = alarms.map((alarm) => {
      const quiet = silenced.includes(alarm);
      return make(
        'p',
        { class: `alarms__one${quiet ? ' alarms__one--silenced' : ''}` },
        icon(quiet ? 'silenced' : 'alarm'),
        word('alarm', alarm),
        ...(quiet ? [make('small', {}, t('silenced'))] : []),
      );
    });
    byId('alarms').replaceChildren(...(rows.length ? rows : [none]));
  }

  private showHold(): void {
    const { last, receivedAt, link } = this.panel;
    const left =
      link.connected && last?.lock === 'released'
        ? Math.max(0, last.hold_ms_left - (performance.now() - receivedAt))
        : 0;
    this.longestHold = left === 0 ? 0 : Math.max(this.longestHold, left);
    const text = left > 0 ? t('relocks_in', { s: (left / 1000).toFixed(1) }) : '';
    setText(byId('status-more'), text);
    byId('sign-hold').style.transform = `scaleX(${left === 0 ? 0 : left / this.longestHold})`;
  }
}

export interface GuideSteps {
  card(): void;
  menu(): void;
  exit(): void;
  force(): void;
}

const menuKeys = ['0', '1', '2', '3', '4', '5', '6', '9'] as const;

/** What a newcomer may try; in the menu, its keys, because the station has no display. */
export class GuideView implements PanelView {
  private shown = '';

  constructor(
    private readonly panel: Panel,
    private readonly steps: GuideSteps,
  ) {}

  words(): void {
    this.shown = '';
    this.show(this.panel.last?.menu ?? false, this.panel.last?.initialised ?? false);
  }

  state(state: PanelState): void {
    this.show(state.menu, state.initialised);
  }

  private show(menu: boolean, initialised: boolean): void {
    const key = `${menu} ${initialised}`;
    if (key === this.shown) return;
    this.shown = key;
    byId('guide').replaceChildren(...(menu ? this.menuMap() : this.suggestions(initialised)));
  }

  private menuMap(): Node[] {
    const rows = menuKeys.map((key) => make('li', {}, make('kbd', {}, key), t(`menu_${key}`)));
    rows.push(make('li', { class: 'wide' }, make('kbd', {}, '*'), t('menu_back')));
    return [make('h2', {}, t('menu_map')), make('ul', { class: 'guide__menu' }, ...rows)];
  }

  private suggestions(initialised: boolean): Node[] {
    const step = (name: TextKey, hint: TextKey, act?: () => void): HTMLElement => {
      const texts = [make('strong', {}, t(name)), make('span', {}, t(hint))];
      if (!act) return make('li', {}, make('div', { class: 'guide__step' }, ...texts));
      const button = make('button', { type: 'button', class: 'guide__step' }, ...texts);
      button.addEventListener('click', act);
      return make('li', {}, button);
    };
    const list = make(
      'ol',
      { class: 'guide__steps' },
      step('guide_card', 'guide_card_hint', this.steps.card),
      initialised
        ? step('guide_menu_own', 'guide_menu_own_hint')
        : step('guide_menu', 'guide_menu_hint', this.steps.menu),
      step('guide_exit', 'guide_exit_hint', this.steps.exit),
      step('guide_force', 'guide_force_hint', this.steps.force),
    );
    return [make('h2', {}, t('guide')), list, make('p', { class: 'guide__foot' }, t('guide_codes'))];
  }
}

export class SignalsView implements PanelView {
  private shown = '';

  constructor(private readonly panel: Panel) {}

  words(): void {
    this.shown = '';
    if (this.panel.last) this.state(this.panel.last);
  }

  state(state: PanelState): void {
    const offset = offsetOf(state.time);
    const signals = state.signals.filter(({ signal }) => signal !== 'key');
    const newest = signals.at(-1)?.sequence ?? 'none';
    const key = [state.serial, this.panel.door, offset, newest, signals.length].join(' ');
    if (key === this.shown) return;
    const animate = this.shown !== '';
    this.shown = key;
    const rows = signals.reverse().map(({ at, signal, beeps }, index) => {
      const time = civilTime(Date.parse(at), offset);
      const sound = beeps === 1 ? t('beep') : t('beeps', { n: beeps });
      return make(
        'li',
        { class: animate && index === 0 ? 'new' : undefined, 'data-light': lightOf(signal) ?? 'off' },
        make('time', { class: 'number', datetime: at, title: at }, time?.time ?? '--:--:--'),
        make('i', { class: 'signals__light', 'aria-hidden': 'true' }),
        make('span', {}, word('signal', signal)),
        make(
          'span',
          { class: 'signals__beeps', title: sound, role: 'img', 'aria-label': sound },
          '●'.repeat(beeps),
        ),
      );
    });
    const none = make('li', { class: 'empty' }, t('no_signals'));
    byId('signals').replaceChildren(...(rows.length ? rows : [none]));
  }
}

/** The alarms that began since the controller started, and the choice between them and the signals. */
export class AlarmLogView implements PanelView {
  private shown = '';

  constructor(private readonly panel: Panel) {
    byId('to-signals').addEventListener('click', () => this.choose('signals'));
    byId('to-alarms').addEventListener('click', () => this.choose('alarms'));
  }

  words(): void {
    this.shown = '';
    if (this.panel.last) this.state(this.panel.last);
    else setText(byId('to-alarms'), t('log_alarms'));
  }

  state({ alarm_log: log, silenced, time }: PanelState): void {
    const key = JSON.stringify([this.panel.door, log, silenced, offsetOf(time)]);
    if (key === this.shown) return;
    this.shown = key;
    const standing = log.filter(({ ended }) => ended === undefined).length;
    setText(byId('to-alarms'), standing ? `${t('log_alarms')} (${standing})` : t('log_alarms'));
    const rows = log.map((entry) => alarmRow(entry, silenced, offsetOf(time)));
    const none = make('li', { class: 'empty' }, t('no_alarm_yet'));
    byId('alarm-log').replaceChildren(...(rows.length ? rows : [none]));
  }

  private choose(log: 'signals' | 'alarms'): void {
    byId('signals').hidden = log !== 'signals';
    byId('alarm-log').hidden = log !== 'alarms';
    byId('to-signals').setAttribute('aria-pressed', String(log === 'signals'));
    byId('to-alarms').setAttribute('aria-pressed', String(log === 'alarms'));
  }
}

function alarmRow({ alarm, started, ended }: AlarmEntry, silenced: string[], offset: string): HTMLElement {
  const clock = (at: string): string => civilTime(Date.parse(at), offset)?.time ?? '--:--:--';
  const quiet = ended === undefined && silenced.includes(alarm);
  const when = ended
    ? t('from_to', { f: clock(started), t: clock(ended) })
    : t('since', { t: clock(started) });
  return make(
    'li',
    { class: 'alarm-row', 'data-state': ended ? 'over' : quiet ? 'silenced' : 'active' },
    icon(quiet ? 'silenced' : 'alarm'),
    make('span', {}, word('alarm', alarm), ...(quiet ? [make('small', {}, t('silenced'))] : [])),
    make('time', { class: 'number', datetime: started, title: started }, when),
  );
}

export class DeviceView implements PanelView {
  constructor(private readonly panel: Panel) {
    byId('copy_fingerprint').addEventListener('click', () => void this.copy());
  }

  words(): void {
    if (this.panel.last) this.state(this.panel.last);
  }

  state(state: PanelState): void {
    setText(byId('serial-short'), state.serial);
    setText(byId('fingerprint'), state.fingerprint);
    const tag = byId('initialised');
    setText(tag, t(state.initialised ? 'initialised' : 'not_initialised'));
    tag.classList.toggle('tag--attention', !state.initialised);
    byId('initialise-hint').hidden = state.initialised;
  }

  private async copy(): Promise<void> {
    const text = this.panel.last?.fingerprint ?? '';
    try {
      await navigator.clipboard.writeText(text);
      note(t('copied'));
    } catch {
      getSelection()?.selectAllChildren(byId('fingerprint'));
    }
  }
}
