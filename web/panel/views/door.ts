// The door, and what stands beside it on the inside: exit button and fire call point.
import type { Panel, PanelView } from '../panel';
import { type PanelState, type StatusKind, statusOf } from '../state';
import { t } from '../text';
import { byId, make, note, setText } from './page';

export const statusIcon: Record<StatusKind, string> = {
  offline: 'unknown',
  locked: 'shield-closed',
  released: 'shield-open',
  open: 'door-ajar',
  always_open: 'shield-open',
  always_closed: 'shield-closed',
  lockdown: 'shield-closed',
};

export class DoorView implements PanelView {
  private readonly root = byId('doorway');
  private readonly exit = byId<HTMLButtonElement>('exit');
  private readonly fire = byId<HTMLButtonElement>('fire');
  private pressed = false;

  constructor(private readonly panel: Panel) {
    byId('leaf').addEventListener('click', () => this.push());
    byId('swing').addEventListener('click', () => this.push());
    byId('force').addEventListener('click', () => this.move(true));
    this.fire.addEventListener('click', () => void panel.input('fire', !panel.inputOf('fire')));
    this.holdToPress();
  }

  words(): void {
    if (this.panel.last) this.state(this.panel.last);
    else this.connection();
  }

  state(state: PanelState): void {
    this.show(statusOf(state, this.panel.link.connected));
  }

  connection(): void {
    this.show(statusOf(this.panel.last, this.panel.link.connected));
  }

  /** As a hand would: opens when the lock lets it, closes always. */
  push(): void {
    const open = this.panel.inputOf('contact');
    if (open || this.canOpen()) {
      this.move(!open);
      return;
    }
    this.root.classList.remove('doorway--rattles');
    void this.root.offsetWidth;
    this.root.classList.add('doorway--rattles');
    note(t('door_is_locked'));
  }

  /** The exit button pressed for as long as a person would. */
  leave(): void {
    void this.pressExit(true)
      .then(() => new Promise((resolve) => setTimeout(resolve, 250)))
      .then(() => this.pressExit(false));
  }

  move(open: boolean): void {
    void this.panel.input('contact', open);
  }

  private canOpen(): boolean {
    return this.panel.last?.lock === 'released';
  }

  private pressExit(active: boolean): Promise<boolean> {
    this.pressed = active;
    return this.panel.input('exit_button', active);
  }

  private holdToPress(): void {
    const release = (): void => {
      if (this.pressed) void this.pressExit(false);
    };
    this.exit.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.exit.setPointerCapture(event.pointerId);
      void this.pressExit(true);
    });
    this.exit.addEventListener('pointerup', release);
    this.exit.addEventListener('pointercancel', release);
    this.exit.addEventListener('keydown', (event) => {
      if ((event.key === ' ' || event.key === 'Enter') && !event.repeat) void this.pressExit(true);
    });
    this.exit.addEventListener('keyup', release);
    this.exit.addEventListener('blur', release);
  }

  private show(status: StatusKind): void {
    const open = this.panel.inputOf('contact');
    const { dataset } = this.root;
    dataset.status = status;
    dataset.lock = this.panel.last?.lock ?? 'locked';
    dataset.leaf = open ? 'open' : 'closed';
    byId('sign-icon').setAttribute('href', `#${statusIcon[status]}`);
    setText(byId('sign-word'), t(`status_${status}`));
    const action = t(open ? 'close_door' : 'open_door');
    setText(byId('swing'), action);
    byId('leaf').setAttribute('aria-label', action);
    byId('force').hidden = open || this.canOpen();
    this.exit.classList.toggle('exit--down', this.panel.inputOf('exit_button'));
    const burning = this.panel.inputOf('fire');
    this.fire.setAttribute('aria-pressed', String(burning));
    this.fire.setAttribute('aria-label', t(burning ? 'fire_off' : 'fire_on'));
    this.fire.title = t(burning ? 'fire_off' : 'fire_on');
  }
}

const inputs = ['contact', 'exit_button', 'tamper', 'reader_case', 'fire'] as const;

/** The inputs that one plays with at the door, as switches that stay, and the relay. */
export class WiresView implements PanelView {
  constructor(private readonly panel: Panel) {}

  words(): void {
    const terminals = inputs.map((name) => {
      const terminal = make(
        'button',
        {
          type: 'button',
          role: 'switch',
          class: 'terminal',
          'data-wire': name,
          title: t(`wire_${name}_hint`),
        },
        make('i', { class: 'terminal__screw', 'aria-hidden': 'true' }),
        make('i', { class: 'terminal__lamp', 'aria-hidden': 'true' }),
        make('span', {}, t(`wire_${name}`)),
      );
      terminal.addEventListener('click', () => {
        void this.panel.input(name, !this.panel.inputOf(name));
      });
      return terminal;
    });
    const relay = make(
      'div',
      { class: 'terminal terminal--relay', 'data-wire': 'lock' },
      make('i', { class: 'terminal__screw', 'aria-hidden': 'true' }),
      make('i', { class: 'terminal__lamp', 'aria-hidden': 'true' }),
      make('span', {}, t('wire_lock')),
    );
    byId('wires').replaceChildren(...terminals, relay);
    this.show();
  }

  state(): void {
    this.show();
  }

  private show(): void {
    for (const terminal of byId('wires').children) {
      if (!(terminal instanceof HTMLElement)) continue;
      const name = terminal.dataset.wire;
      const active =
        name === 'lock'
          ? this.panel.last?.lock === 'released'
          : inputs.some((i) => i === name && this.panel.inputOf(i));
      terminal.classList.toggle('terminal--active', active);
      terminal.classList.toggle('terminal--fault', isFault(this.panel.last?.inputs, name));
      if (name !== 'lock') terminal.setAttribute('aria-checked', String(active));
    }
  }
}

function isFault(levels: PanelState['inputs'] | undefined, name: string | undefined): boolean {
  return inputs.some(
    (input) => input === name && (levels?.[input] === 'cut' || levels?.[input] === 'shorted'),
  );
}
