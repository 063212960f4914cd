import { useSyncExternalStore } from 'react';

const phone = window.matchMedia('(max-width: 720px)');
const narrow = window.matchMedia('(max-width: 1279px)');

function useMatch(list: MediaQueryList): boolean {
  return useSyncExternalStore(
    (listener) => {
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => list.matches,
  );
}

/** Whether the window is as narrow as a phone. */
export const usePhone = (): boolean => useMatch(phone);

/** Whether there is no room for three columns beside the navigation. */
export const useNarrow = (): boolean => useMatch(narrow);
