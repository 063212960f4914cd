// Shapes of states. Colour never stands alone: each has its own outline, and a word beside it.
import { useId } from 'react';

import type { Event } from '../api/client';
import type { DoorLook } from './door_look';
import css from './marks.module.css';

const shield = 'M12 2.6 19.4 5v6.2c0 4.7-3 8.1-7.4 10.2-4.4-2.1-7.4-5.5-7.4-10.2V5z';

export function DoorMark({ look, size = 24 }: { look: DoorLook; size?: number }) {
  return (
    <svg
      className={`${css.mark} ${css[look]}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden
      focusable="false"
    >
      <DoorShape look={look} />
    </svg>
  );
}

function DoorShape({ look }: { look: DoorLook }) {
  const stripes = useId();
  switch (look) {
    case 'locked':
      return (
        <>
          <path d={shield} fill="currentColor" />
          <circle cx="12" cy="10.4" r="1.9" fill="var(--surface)" />
          <path d="M11.1 11h1.8l.6 4.2h-3z" fill="var(--surface)" />
        </>
      );
    case 'released':
      return (
        <>
          <path d="M10.4 3.1 4.6 5v6.2c0 4.4 2.6 7.6 5.8 9.5z" fill="currentColor" />
          <path
            d="M14.8 3.5 20.6 5.4v6.2c0 4.2-2.4 7.2-5.8 9.2"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
          />
        </>
      );
    case 'open':
      return (
        <>
          <path
            d="M4 21V3h16v18"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinejoin="round"
          />
          <path d="M6.5 4.5 15 7.4V22l-8.5-1.6z" fill="currentColor" />
          <circle cx="12.9" cy="14.2" r="1" fill="var(--surface)" />
        </>
      );
    case 'always_open':
    case 'always_closed':
    case 'lockdown':
      return (
        <>
          <pattern
            id={stripes}
            width="4.4"
            height="4.4"
            patternTransform="rotate(45)"
            patternUnits="userSpaceOnUse"
          >
            <rect width="2.4" height="4.4" fill="currentColor" />
          </pattern>
          <path
            d={shield}
            fill={`url(#${stripes})`}
            stroke="currentColor"
            strokeWidth="1.6"
            strokeLinejoin="round"
          />
          {look === 'lockdown' && <path d="M5 10h14v4H5z" fill="currentColor" stroke="var(--surface)" />}
        </>
      );
    case 'alarm':
      return (
        <>
          <path d="M12 2 23 21.3H1z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />
          <path d="M11 8.5h2l-.35 6.2h-1.3z" fill="var(--surface)" />
          <circle cx="12" cy="17.6" r="1.25" fill="var(--surface)" />
        </>
      );
    case 'offline':
    case 'unknown':
      return (
        <path d={shield} fill="none" stroke="currentColor" strokeWidth="1.7" strokeDasharray="3.2 2.4" />
      );
  }
}

export type EventLook = 'granted' | 'denied' | 'alarm' | 'ended' | 'quiet';

export function eventLookOf(event: Pick<Event, 'kind' | 'result'>): EventLook {
  if (event.kind === 'alarm_started') return 'alarm';
  if (event.kind === 'alarm_ended') return 'ended';
  if (event.result === 'granted') return 'granted';
  if (event.result === 'denied') return 'denied';
  return 'quiet';
}

export function EventMark({ look, size = 16 }: { look: EventLook; size?: number }) {
  return (
    <svg
      className={`${css.mark} ${css[`event_${look}`]}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden
    >
      {look === 'granted' && (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="m4.8 8.3 2.2 2.2 4.3-4.7" fill="none" stroke="var(--surface)" strokeWidth="1.7" />
        </>
      )}
      {look === 'denied' && (
        <>
          <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="m5.5 5.5 5 5m0-5-5 5" stroke="currentColor" strokeWidth="1.6" />
        </>
      )}
      {look === 'alarm' && (
        <>
          <path d="M8 .9 15.8 14.6H.2z" fill="currentColor" />
          <path d="M7.2 5.4h1.6l-.3 4.4h-1z" fill="var(--surface)" />
          <circle cx="8" cy="11.9" r=".95" fill="var(--surface)" />
        </>
      )}
      {look === 'ended' && (
        <path
          d="M8 2 14.6 13.8H1.4z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinejoin="round"
        />
      )}
      {look === 'quiet' && <circle cx="8" cy="8" r="2.6" fill="currentColor" />}
    </svg>
  );
}

export type PlainLook = 'good' | 'waiting' | 'bad' | 'off';

/** Online, issued, pending, failed ...: a dot with a shape of its own, and the word. */
export function StateWord({ look, children }: { look: PlainLook; children: React.ReactNode }) {
  return (
    <span className={`${css.word} ${css[`plain_${look}`]}`}>
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden>
        {look === 'good' && <circle cx="5" cy="5" r="4" fill="currentColor" />}
        {look === 'waiting' && <path d="M5 1a4 4 0 1 1-4 4h4z" fill="currentColor" />}
        {look === 'bad' && <path d="M5 .5 9.8 9.2H.2z" fill="currentColor" />}
        {look === 'off' && (
          <circle
            cx="5"
            cy="5"
            r="3.7"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeDasharray="2.2 1.5"
          />
        )}
      </svg>
      <span>{children}</span>
    </span>
  );
}
