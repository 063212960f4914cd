// Small words for the document, so that the views read as what they show.

export function byId<E extends Element = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element as unknown as E;
}

type Attributes = Record<string, string | boolean | undefined>;

/** An element with attributes; a boolean attribute stands or is left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#${name}`);
  svg.append(use);
  return svg;
}

/** Writes only what changed: no flicker, and a screen reader says each thing once. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function calm(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** A sentence that goes away by itself. */
export function note(text: string, kind: 'plain' | 'problem' = 'plain'): void {
  const notes = byId('notes');
  for (const old of notes.children) if (old.textContent === text) old.remove();
  const element = make('p', { class: `note note--${kind}` }, text);
  notes.append(element);
  setTimeout(() => element.remove(), kind === 'problem' ? 7_000 : 3_500);
}
