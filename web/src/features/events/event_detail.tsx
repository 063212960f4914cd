import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Event } from '../../api/client';
import { Avatar } from '../../ui/avatar';
import { detailText } from '../../ui/detail';
import { wordOf } from '../../ui/i18n';
import { LinkButton } from '../../ui/link_button';
import { EventMark, eventLookOf } from '../../ui/marks';
import { Facts } from '../../ui/page';
import { Time } from '../../ui/site';
import { useMay } from '../shell/me_context';
import css from './event_detail.module.css';
import { headlineOf, isNotPermittedHere, useReasonText, whereOf, whoOf } from './event_words';
import { traceDetail } from './trace_detail';

/** One event, large: who, where, when, what came of it, and why. */
export function EventDetail({ event, actions }: { event: Event; actions?: ReactNode }) {
  const { t } = useTranslation();
  const reasonOf = useReasonText();
  const look = eventLookOf(event);
  const who = whoOf(event);
  const reason = reasonOf(event);
  const where = whereOf(event);
  const asked = event.kind === 'access' || event.kind === 'patrol';
  return (
    <article className={css.detail}>
      <div className={`${css.result} ${css[look]}`}>
        <EventMark look={look} size={22} />
        <strong>{headlineOf(event)}</strong>
        {reason !== null && <span>{reason}</span>}
        <Time at={event.at} className={css.at} />
      </div>
      <div className={css.who}>
        {event.person ? (
          <Avatar name={who ?? ''} person={event.person.id} photo={event.person.photo} size={72} />
        ) : null}
        <div className="cut">
          <div className={css.name}>{who ?? (asked ? t('events.no_person') : where)}</div>
          {(who !== null || asked) && <div className={css.where}>{where}</div>}
        </div>
      </div>
      {isNotPermittedHere(event) && (
        <p className={css.note}>{t('events.not_permitted_hint', { name: who })}</p>
      )}
      {actions !== undefined && <div className={css.actions}>{actions}</div>}
      <Facts items={useFacts(event)} />
      {event.trace !== null && event.trace.length > 0 && <Trace steps={event.trace} reason={reason} />}
    </article>
  );
}

/** Leads to the page of the person whom the event names, for those who may see people. */
export function SeePerson({ event }: { event: Event }) {
  const { t } = useTranslation();
  const maySee = useMay('people', 'view');
  if (!maySee || !event.person?.id) return null;
  return <LinkButton to={`/people/${event.person.id}`}>{t('live.see_person')}</LinkButton>;
}

function useFacts(event: Event): [string, ReactNode][] {
  const { t } = useTranslation();
  const facts: [string, ReactNode][] = [];
  const delay = new Date(event.received_at).getTime() - new Date(event.at).getTime();
  if (event.method !== null) facts.push([t('events.method'), wordOf('methods', event.method)]);
  if (event.card !== null) facts.push([t('events.card'), <span className="mono num">{event.card}</span>]);
  if (event.person?.user_id)
    facts.push([t('people.user_id'), <span className="num">{event.person.user_id}</span>]);
  if (event.direction !== null) facts.push([t('events.direction'), t(`directions.${event.direction}`)]);
  if (event.reader !== null) facts.push([t('events.reader'), event.reader]);
  facts.push([t('events.received'), <Time at={event.received_at} />]);
  if (delay > 10_000) {
    const text = delay > 120_000 ? `${Math.round(delay / 60_000)} min` : `${Math.round(delay / 1000)} s`;
    facts.push(['', <span className="quiet">{t('events.received_later', { delay: text })}</span>]);
  }
  const { sequence, generation } = event;
  facts.push([
    t('events.sequence'),
    <span className="num">{t('events.sequence_value', { sequence, generation })}</span>,
  ]);
  if (event.detail !== null) facts.push([t('events.detail_text'), detailText(event.detail)]);
  return facts;
}

/** The rules that the controller looked at, in words, up to the one that decided. */
function Trace({ steps, reason }: { steps: NonNullable<Event['trace']>; reason: string | null }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const idle = steps.filter((step) => step.outcome === 'not_applicable').length;
  const shown = all ? steps : steps.filter((step) => step.outcome !== 'not_applicable');
  return (
    <section className={css.trace} aria-label={t('trace.title')}>
      <h3>
        {t('trace.title')} <span>{t('trace.hint')}</span>
      </h3>
      <ol>
        {shown.map((step, index) => (
          <li key={index} className={css[step.outcome]}>
            <EventMark
              size={14}
              look={step.outcome === 'passed' ? 'granted' : step.outcome === 'failed' ? 'denied' : 'quiet'}
            />
            <span className={css.rule}>
              {step.outcome === 'failed'
                ? (reason ?? wordOf('trace_rules', step.rule))
                : wordOf('trace_rules', step.rule)}
              {step.detail !== null && (
                <span className="quiet num"> · {traceDetail(step.rule, step.detail)}</span>
              )}
            </span>
            <span className={css.outcome}>{t(`trace.${step.outcome}`)}</span>
          </li>
        ))}
      </ol>
      {idle > 0 && (
        <button type="button" className={css.idle} aria-expanded={all} onClick={() => setAll(!all)}>
          {t(all ? 'trace.fewer' : 'trace.more', { count: idle })}
        </button>
      )}
    </section>
  );
}
