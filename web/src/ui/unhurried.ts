import { useEffect, useRef, useState } from 'react';

/** The value, changed at once after a quiet moment and then at most every `ms`: for what somebody reads. */
export function useUnhurried<T>(value: T, ms: number): T {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    if (value === shown) return undefined;
    const take = () => {
      changedAt.current = performance.now();
      setShown(value);
    };
    const timer = setTimeout(take, Math.max(0, changedAt.current + ms - performance.now()));
    return () => clearTimeout(timer);
  }, [value, shown, ms]);
  return shown;
}
