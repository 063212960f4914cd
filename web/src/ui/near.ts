// Whether an element of a long list is in view, or nearly: what is not need not be drawn with each change.
import type { RefObject } from 'react';
import { useEffect, useState } from 'react';

const margin = '300px 0px';
const told = new WeakMap<Element, (near: boolean) => void>();
const observers = new WeakMap<Element, IntersectionObserver>();

/** One for all elements of a list. */
function observerOf(scroller: Element): IntersectionObserver {
  const known = observers.get(scroller);
  if (known) return known;
  const made = new IntersectionObserver(
    (entries) => entries.forEach((entry) => told.get(entry.target)?.(entry.isIntersecting)),
    { root: scroller, rootMargin: margin },
  );
  observers.set(scroller, made);
  return made;
}

/** `scroller`: the selector of what scrolls around the element; null: it counts as near wherever it is. */
export function useNear(element: RefObject<Element | null>, scroller: string | null): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const own = element.current;
    const around = scroller === null ? null : own?.closest(scroller);
    if (!own || !around) return undefined;
    const observer = observerOf(around);
    told.set(own, setNear);
    observer.observe(own);
    return () => observer.unobserve(own);
  }, [element, scroller]);
  return scroller === null || near;
}
