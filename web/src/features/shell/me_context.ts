import { createContext, useContext } from 'react';

import type { Me, Right } from '../../api/client';

export const MeContext = createContext<Me>({ account: '', language: 'en', rights: [] });

export const useAccount = () => useContext(MeContext);

/** Whether to show what needs a right; the server decides in any case. */
export function useMay(right: Right): boolean {
  return useContext(MeContext).rights.includes(right);
}
