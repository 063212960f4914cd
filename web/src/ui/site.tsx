import type { ReactNode } from 'react';
import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';

import { exactTime, shortTime } from './time';

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const ZoneContext = createContext(browserZone);

export function ZoneProvider({ zone, children }: { zone: string | undefined; children: ReactNode }) {
  return <ZoneContext.Provider value={zone ?? browserZone}>{children}</ZoneContext.Provider>;
}

/** The site's IANA time zone: what every time on every page is shown and typed in. */
export const useZone = () => useContext(ZoneContext);

export function Time({ at, className }: { at: string; className?: string }) {
  const zone = useZone();
  const { i18n } = useTranslation();
  const instant = new Date(at);
  return (
    <time className={`num ${className ?? ''}`} dateTime={at} title={exactTime(instant, zone)}>
      {shortTime(instant, zone, i18n.language)}
    </time>
  );
}

/** The time as text, for sentences. */
export function useTimeText(): (at: string) => string {
  const zone = useZone();
  const { i18n } = useTranslation();
  return (at) => shortTime(new Date(at), zone, i18n.language);
}
