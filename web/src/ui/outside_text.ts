import i18next from 'i18next';

import type { OutsideProblem } from '../api/client';

/** Why something outside was not reached, with what it said of that itself, in whatever language. */
export function outsideText({ code, said }: OutsideProblem): string {
  const what = i18next.t(`outside.${code}`);
  return said === null ? what : i18next.t('outside.said', { what, said });
}
