// The view of all terminals, and the switch between it and the door.
import type { Connection, Panel, PanelView } from '../panel';
import { levels, type PanelState, readerFaults } from '../state';
import { language, t } from '../text';
import { type Block, type Terminal, wiringOf } from '../wiring';
import { byId, make, setText } from './page';

const address = '#wiring';

/** The door, or its terminals; the address remembers which. */
export class PlaceView implements PanelView {
  constructor(private readonly terminals: TerminalsView) {
    addEventListener('hashchange', () => this.show());
    byId('to-door').addEventListener('click', () => this.go(''));
    for (const id of ['to-wiring', 'all-terminals'])
      byId(id).addEventListener('click', () => this.go(address));
    this.show();
  }

  words(): void {
    this.show();
  }

  state(): void {
    // The same in every state.
  }

  private go(hash: string): void {
    history.replaceState(null, '', hash || location.pathname);
    this.show();
    scrollTo({ top: 0 });
  }

  private show(): void {
    const wiring = location.hash === address;
    byId('scene').hidden = wiring;
    byId('wires-strip').hidden = wiring;
    byId('wiring-view').hidden = !wiring;
    byId('to-door').setAttribute('aria-pressed', String(!wiring));
    byId('to-wiring').setAttribute('aria-pressed', String(wiring));
    this.terminals.show(wiring);
  }
}

export class TerminalsView implements PanelView {
  private shown = '';
  private visible = false;

  constructor(private readonly panel: Panel) {}

  show(visible: boolean): void {
    this.visible = visible;
    this.shown = '';
    byId('terminals').replaceChildren();
    this.words();
  }

  words(): void {
    this.connection(this.panel.link);
    if (this.panel.last) this.state(this.panel.last);
  }

  /** What was seen last is no live state, and no hand reaches it. */
  connection({ connected }: Connection): void {
    byId('terminals').inert = !connected;
    setText(byId('wiring-hint'), t(connected ? 'wiring_hint' : 'wiring_lost'));
  }

  state(state: PanelState): void {
    if (!this.visible) return;
    const blocks = wiringOf(state);
    const ids = blocks.map((block) => block.terminals.map(({ id }) => id).join());
    const key = `${language()} ${this.panel.door} ${ids.join('|')}`;
    if (key !== this.shown) {
      this.shown = key;
      const columns = [0, 1].map((column) =>
        make('div', {}, ...blocks.filter((_, i) => i % 2 === column).map((block) => this.block(block))),
      );
      byId('terminals').replaceChildren(...columns);
    }
    for (const { terminals } of blocks) for (const terminal of terminals) this.update(terminal);
  }

  private block({ id, name, terminals }: Block): HTMLElement {
    const heading = make('h3', { id: `block-${id}` }, t(name));
    const rows = terminals.map((terminal) => this.row(terminal));
    return make(
      'section',
      { class: `block block--${id}`, 'aria-labelledby': `block-${id}` },
      heading,
      make('ul', {}, ...rows),
    );
  }

  private row(terminal: Terminal): HTMLElement {
    const { mark, connects } = terminal;
    return make(
      'li',
      { class: 'wire', 'data-terminal': terminal.id, 'data-kind': terminal.input ? 'input' : undefined },
      make(
        'span',
        { class: 'wire__end' },
        make('i', { class: 'terminal__screw', 'aria-hidden': 'true' }),
        make('b', {}, mark),
        make('i', { class: 'wire__lamp', 'aria-hidden': 'true' }),
      ),
      make(
        'span',
        { class: 'wire__says' },
        make('span', { class: 'wire__connects' }, connects),
        make('span', { class: 'wire__means' }),
      ),
      make('span', { class: 'wire__level number' }),
      ...this.switches(terminal),
    );
  }

  private switches({ mark, connects, input, line }: Terminal): HTMLElement[] {
    const group = (...buttons: HTMLElement[]): HTMLElement =>
      make(
        'span',
        { class: 'segments wire__switch', role: 'group', 'aria-label': `${mark}: ${connects}` },
        ...buttons,
      );
    if (input) {
      const buttons = levels.map((level) =>
        this.button(level, t(`level_${level}`), () => void this.panel.wire(input.name, level)),
      );
      return [group(...buttons)];
    }
    if (!line) return [];
    const faults = readerFaults.map((fault) =>
      this.button(fault, t(`reader_${fault}`), () => void this.panel.disturb(line.reader, fault)),
    );
    const pair = make('button', { type: 'button', class: 'soft wire__pair' }, t('pair'));
    pair.addEventListener('click', () => void this.panel.pair(line.reader));
    return [group(...faults), pair];
  }

  private button(value: string, text: string, act: () => void): HTMLElement {
    const button = make('button', { type: 'button', 'data-value': value }, text);
    button.addEventListener('click', act);
    return button;
  }

  /** In place, so that whoever is on a switch stays there. */
  private update({ id, level, means, tone, input, line }: Terminal): void {
    const row = byId('terminals').querySelector<HTMLElement>(`[data-terminal="${CSS.escape(id)}"]`);
    if (!row) return;
    row.dataset.tone = tone;
    setText(row.querySelector('.wire__level')!, level);
    setText(row.querySelector('.wire__means')!, means);
    const chosen = input?.level ?? line?.fault;
    for (const button of row.querySelectorAll<HTMLElement>('.wire__switch button')) {
      button.setAttribute('aria-pressed', String(button.dataset.value === chosen));
    }
    const pair = row.querySelector<HTMLElement>('.wire__pair');
    if (pair && line) pair.hidden = !line.unpaired;
  }
}
