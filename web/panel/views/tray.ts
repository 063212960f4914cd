// The cards on the desk: dragged onto the reader, clicked, or presented with Enter.
import { cardNumber, type CardTray, groupedNumber } from '../cards';
import type { Panel } from '../panel';
import type { Buzzer } from '../sound';
import { t } from '../text';
import { byId, calm, icon, make, setText } from './page';

const dragStarts = 6;
const flight = 320;
const rest = 420;

export class TrayView {
  private readonly dialog = byId<HTMLDialogElement>('add-card');
  private readonly field = byId<HTMLInputElement>('add-number');
  private readonly reader = byId('reader');

  constructor(
    private readonly panel: Panel,
    private readonly tray: CardTray,
    private readonly buzzer: Buzzer,
  ) {
    byId('add-cancel').addEventListener('click', () => this.dialog.close());
    this.dialog.querySelector('form')?.addEventListener('submit', (event) => this.addTyped(event));
  }

  words(): void {
    const cards = this.tray.cards().map(({ number, own }, index) => this.card(number, own, index));
    const add = make(
      'button',
      { type: 'button', class: 'cards__add' },
      icon('plus'),
      make('span', {}, t('add_card')),
    );
    add.addEventListener('click', () => this.ask());
    byId('cards').replaceChildren(...cards, add);
  }

  /** The first card goes to the reader, to show how it is done. */
  presentFirst(): void {
    const first = byId('cards').querySelector<HTMLElement>('.pass');
    const number = first?.dataset.number;
    if (first && number) void this.fly(first, number);
  }

  private card(number: string, own: boolean, index: number): HTMLElement {
    const pass = make(
      'button',
      {
        type: 'button',
        class: `pass pass--${index % 6}`,
        'data-number': number,
      },
      make('span', { class: 'unseen' }, t('present_card', { n: number })),
      make('span', { class: 'pass__name', 'aria-hidden': 'true' }, 'SALLYPORT'),
      icon('contactless'),
      make('span', { class: 'pass__number number', 'aria-hidden': 'true' }, groupedNumber(number)),
    );
    pass.addEventListener('pointerdown', (event) => this.take(event, pass, number));
    pass.addEventListener('click', (event) => {
      if (event.detail === 0) void this.fly(pass, number);
    });
    if (!own) return make('div', { class: 'cards__place' }, pass);
    const remove = make(
      'button',
      { type: 'button', class: 'cards__remove', 'aria-label': t('remove_card', { n: number }) },
      '×',
    );
    remove.addEventListener('click', () => {
      this.tray.remove(number);
      this.words();
    });
    return make('div', { class: 'cards__place' }, pass, remove);
  }

  private take(down: PointerEvent, pass: HTMLElement, number: string): void {
    if (down.button !== 0) return;
    this.buzzer.wake();
    let moving: HTMLElement | null = null;
    const follow = (event: PointerEvent): void => {
      const [x, y] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!moving && Math.hypot(x, y) < dragStarts) return;
      moving ??= this.lift(pass);
      moving.style.transform = `translate(${x}px, ${y}px) rotate(-3deg) scale(1.04)`;
      this.reader.classList.toggle('reader--near', this.overStation(event));
    };
    const done = (event: PointerEvent): void => {
      pass.removeEventListener('pointermove', follow);
      pass.removeEventListener('pointerup', done);
      pass.removeEventListener('pointercancel', done);
      this.reader.classList.remove('reader--near');
      if (event.type === 'pointercancel') this.drop(pass, moving);
      else if (!moving) void this.fly(pass, number);
      else if (this.overStation(event)) void this.fly(pass, number, moving);
      else void this.back(pass, moving);
    };
    pass.setPointerCapture(down.pointerId);
    pass.addEventListener('pointermove', follow);
    pass.addEventListener('pointerup', done);
    pass.addEventListener('pointercancel', done);
  }

  private overStation(event: PointerEvent): boolean {
    const box = this.reader.parentElement?.getBoundingClientRect();
    if (!box) return false;
    const { clientX: x, clientY: y } = event;
    return x > box.left - 20 && x < box.right + 20 && y > box.top - 20 && y < box.bottom + 20;
  }

  /** A copy that moves freely over the page, while the card's place stays empty. */
  private lift(pass: HTMLElement): HTMLElement {
    const box = pass.getBoundingClientRect();
    const copy = pass.cloneNode(true) as HTMLElement;
    copy.classList.add('pass--held');
    copy.setAttribute('aria-hidden', 'true');
    copy.tabIndex = -1;
    Object.assign(copy.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px` });
    document.body.append(copy);
    pass.classList.add('pass--away');
    return copy;
  }

  private drop(pass: HTMLElement, copy: HTMLElement | null): void {
    copy?.remove();
    pass.classList.remove('pass--away');
  }

  private async back(pass: HTMLElement, copy: HTMLElement): Promise<void> {
    const from = copy.style.transform;
    const frames = [{ transform: from }, { transform: 'none' }];
    await copy.animate(frames, { duration: calm() ? 0 : flight, easing: 'cubic-bezier(.2,.8,.2,1)' })
      .finished;
    this.drop(pass, copy);
  }

  /** To the reader, held there for a moment, and back to the desk. */
  private async fly(pass: HTMLElement, number: string, held?: HTMLElement): Promise<void> {
    if (!held && pass.classList.contains('pass--away')) return;
    this.buzzer.wake();
    if (calm()) {
      this.drop(pass, held ?? null);
      await this.panel.present(number);
      return;
    }
    const copy = held ?? this.lift(pass);
    const [card, reader] = [pass.getBoundingClientRect(), this.reader.getBoundingClientRect()];
    const x = reader.left + reader.width / 2 - card.left - card.width / 2;
    const y = reader.top + reader.height / 2 - card.top - card.height / 2;
    const there = `translate(${x}px, ${y}px) rotate(-8deg) scale(.92)`;
    const from = copy.style.transform || 'none';
    copy.style.transform = there;
    const motion = { duration: flight, easing: 'cubic-bezier(.3,.7,.2,1)' };
    await copy.animate([{ transform: from }, { transform: there }], motion).finished;
    this.reader.classList.add('reader--reads');
    await Promise.all([this.panel.present(number), new Promise((resolve) => setTimeout(resolve, rest))]);
    this.reader.classList.remove('reader--reads');
    await this.back(pass, copy);
  }

  private ask(): void {
    this.field.value = '';
    setText(byId('add-problem'), '');
    this.dialog.showModal();
    this.field.focus();
  }

  private addTyped(event: SubmitEvent): void {
    event.preventDefault();
    const number = cardNumber(this.field.value);
    if (!number) {
      setText(byId('add-problem'), t('card_invalid'));
      this.field.focus();
      return;
    }
    this.tray.add(number);
    this.dialog.close();
    this.words();
    const added = byId('cards').querySelector<HTMLElement>(`[data-number="${number}"]`);
    added?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    added?.focus();
  }
}
