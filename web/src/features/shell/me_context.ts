import { createContext, useContext } from 'react';

import type { Me, RightLevel, Rights } from '../../api/client';

export type PlatformFunction = keyof Rights;
export const platform_functions: PlatformFunction[] = [
  'devices',
  'doors',
  'people',
  'permissions',
  'events',
  'audit',
  'settings',
  'accounts',
];
export const right_levels: RightLevel[] = ['none', 'view', 'control', 'edit', 'administer'];

export const MeContext = createContext<Me>({
  account: '',
  language: 'en',
  role: '',
  built_in: null,
  rights: {},
  areas: null,
  departments: null,
  password_change: 'none',
  password_changed_at: '1970-01-01T00:00:00Z',
  second_factor: 'none',
});

export const useAccount = () => useContext(MeContext);

/** Each level includes the ones before it. */
export function may(rights: Rights, what: PlatformFunction, level: RightLevel): boolean {
  return right_levels.indexOf(rights[what] ?? 'none') >= right_levels.indexOf(level);
}

/** Whether to show what needs a right; the server decides in any case. */
export function useMay(what: PlatformFunction, level: RightLevel): boolean {
  return may(useContext(MeContext).rights, what, level);
}

/** Whether the account may do everything, everywhere: only such ones keep what such accounts trust in. */
export function useMayAll(): boolean {
  const { rights } = useContext(MeContext);
  const whole = useWholeSite();
  return whole && platform_functions.every((what) => may(rights, what, 'administer'));
}

/** Whether the account sees the whole site: what is in no tree is kept by such ones only. */
export function useWholeSite(): boolean {
  const me = useContext(MeContext);
  return me.areas === null && me.departments === null;
}
