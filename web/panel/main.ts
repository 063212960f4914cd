// The front panel of a simulated controller: puts the views on the page, and keeps sound, theme and language.
import { CardTray } from './cards';
import { Panel, type PanelView } from './panel';
import { Buzzer } from './sound';
import type { PanelState } from './state';
import { applyTexts, language, preferredLanguage, speak, t } from './text';
import { ClockView } from './views/clock';
import { DoorView, WiresView } from './views/door';
import { byId, make, note, setText } from './views/page';
import { AlarmLogView, DeviceView, GuideView, SignalsView, StatusView } from './views/rail';
import { StationView } from './views/station';
import { TrayView } from './views/tray';
import { PlaceView, TerminalsView } from './views/wiring';

const wish = (name: string): string | null => localStorage.getItem(`sallyport-panel-${name}`);
const keep = (name: string, value: string): void => localStorage.setItem(`sallyport-panel-${name}`, value);

const panel = new Panel((error) => note(error instanceof Error ? error.message : String(error), 'problem'));
const buzzer = new Buzzer(wish('sound') === 'off');

/** Connection, doors and the three wishes in the bar. */
class BarView implements PanelView {
  private dark =
    (wish('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

  constructor() {
    byId('sound').addEventListener('click', () => {
      buzzer.muted = !buzzer.muted;
      keep('sound', buzzer.muted ? 'off' : 'on');
      buzzer.wake();
      this.words();
    });
    byId('theme').addEventListener('click', () => {
      this.dark = !this.dark;
      keep('theme', this.dark ? 'dark' : 'light');
      this.words();
    });
  }

  words(): void {
    document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
    byId('theme')
      .querySelector('use')
      ?.setAttribute('href', this.dark ? '#sun' : '#moon');
    this.label('theme', t(this.dark ? 'to_light' : 'to_dark'));
    byId('sound')
      .querySelector('use')
      ?.setAttribute('href', buzzer.muted ? '#speaker-off' : '#speaker');
    this.label('sound', t(buzzer.muted ? 'sound_off' : 'sound_on'));
    byId('sound').setAttribute('aria-pressed', String(!buzzer.muted));
    this.connection();
    this.showDoors(panel.last?.doors ?? 1);
  }

  state(state: PanelState): void {
    this.showDoors(state.doors);
  }

  door(): void {
    this.showDoors(byId('doors').children.length);
  }

  connection(): void {
    const { connected } = panel.link;
    const first = !connected && !panel.last;
    setText(byId('live'), t(connected ? 'live' : first ? 'connecting' : 'status_offline'));
    byId('live').classList.toggle('live--lost', !connected);
    byId('offline').hidden = connected || first;
    document.body.toggleAttribute('data-lost', !connected);
  }

  private label(id: string, text: string): void {
    byId(id).setAttribute('aria-label', text);
    byId(id).title = text;
  }

  private showDoors(count: number): void {
    const doors = byId('doors');
    doors.hidden = count < 2;
    const key = `${count} ${panel.door} ${language()}`;
    if (doors.dataset.shown === key) return;
    doors.dataset.shown = key;
    const numbers = Array.from({ length: count }, (_, i) => i + 1);
    doors.replaceChildren(
      ...numbers.map((number) => {
        const chosen = String(number === panel.door);
        const button = make('button', { type: 'button', 'aria-pressed': chosen }, t('door_n', { n: number }));
        button.addEventListener('click', () => panel.choose(number));
        return button;
      }),
    );
  }
}

const station = new StationView(panel, buzzer);
const tray = new TrayView(panel, new CardTray(localStorage), buzzer);
const door = new DoorView(panel);
const guide = new GuideView(panel, {
  card: () => tray.presentFirst(),
  menu: () => station.type('#88888888#'),
  exit: () => door.leave(),
  force: () => door.move(true),
});
const terminals = new TerminalsView(panel);
const views = [
  new BarView(),
  station,
  door,
  new WiresView(panel),
  terminals,
  new PlaceView(terminals),
  new StatusView(panel),
  guide,
  new SignalsView(panel),
  new AlarmLogView(panel),
  new DeviceView(panel),
  new ClockView(panel),
];

function showWords(): void {
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
  document.title = `Sallyport · ${t('title')}`;
  applyTexts(document);
  tray.words();
  for (const view of views) view.words();
}

byId('language').addEventListener('click', () => {
  speak(language() === 'en' ? 'zh' : 'en');
  keep('language', language());
  showWords();
});
addEventListener('pointerdown', () => buzzer.wake());

speak(preferredLanguage(wish('language'), navigator.languages));
for (const view of views) panel.add(view);
showWords();
panel.start();
