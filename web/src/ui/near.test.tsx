import { act, cleanup, render, screen } from '@testing-library/react';
import { useRef } from 'react';
import { afterEach, expect, it, vi } from 'vitest';

import { useNear } from './near';

class FakeObserver {
  static made: FakeObserver[] = [];
  readonly watched = new Set<Element>();
  constructor(readonly tell: (entries: { target: Element; isIntersecting: boolean }[]) => void) {
    FakeObserver.made.push(this);
  }
  observe = (element: Element) => void this.watched.add(element);
  unobserve = (element: Element) => void this.watched.delete(element);
}
vi.stubGlobal('IntersectionObserver', FakeObserver);
afterEach(cleanup);

function Item({ name, list = '.list' }: { name: string; list?: string | null }) {
  const own = useRef<HTMLLIElement>(null);
  return <li ref={own}>{useNear(own, list) ? `${name} is near` : name}</li>;
}

it('says which of a list are in view, with one observer, and forgets who is gone', () => {
  const list = (names: string[]) => (
    <ul className="list">
      {names.map((name) => (
        <Item key={name} name={name} />
      ))}
    </ul>
  );
  const { rerender } = render(list(['a', 'b']));
  const [observer, ...more] = FakeObserver.made;
  expect(more).toEqual([]);
  const see = (name: RegExp, isIntersecting: boolean) =>
    act(() => observer!.tell([{ target: screen.getByText(name), isIntersecting }]));
  expect(screen.queryByText(/is near/)).toBeNull();
  see(/^b/, true);
  expect(screen.getByText(/is near/).textContent).toBe('b is near');
  see(/^b/, false);
  expect(screen.queryByText(/is near/)).toBeNull();
  rerender(list(['a']));
  expect([...observer!.watched].map((one) => one.textContent)).toEqual(['a']);
});

it('says that of everything where nothing scrolls', () => {
  render(<Item name="a" list={null} />);
  expect(screen.getByText('a is near')).toBeTruthy();
});
