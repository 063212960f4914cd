import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';

import type { Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { EventMark, eventLookOf } from '../../ui/marks';
import { Failure, Loading, Panel } from '../../ui/page';
import { Time } from '../../ui/site';
import { headlineOf, useReasonText, whereOf } from '../events/event_words';
import { useStream } from '../shell/live_context';
import css from './people.module.css';

const shown_events = 12;

/** The last events of a person, new ones as they come. */
export function PersonDid({ person }: { person: Person }) {
  const { t } = useTranslation();
  const stream = useStream();
  const reasonOf = useReasonText();
  const events = useQuery({
    queryKey: ['events', 'of', person.id],
    queryFn: () =>
      answerOf(api.GET('/events', { params: { query: { person: [person.id], limit: shown_events } } })),
  });
  useEffect(
    () =>
      stream.watch((event) => {
        if (event.person?.id === person.id) {
          void queryClient.invalidateQueries({ queryKey: ['events', 'of', person.id] });
        }
      }),
    [stream, person.id],
  );
  const items = events.data?.items ?? [];
  return (
    <Panel
      title={t('people.did')}
      actions={
        items.length > 0 && <Link to={`/events?person=${person.id}&range=30d`}>{t('pages.events')}</Link>
      }
    >
      {events.isPending ? (
        <Loading rows={3} />
      ) : events.error ? (
        <Failure error={events.error} onRetry={() => void events.refetch()} />
      ) : items.length === 0 ? (
        <p className={css.quietBox}>{t('people.did_none')}</p>
      ) : (
        <ul className={css.did}>
          {items.map((event) => (
            <li key={event.id}>
              <EventMark look={eventLookOf(event)} />
              <span className="cut">
                {headlineOf(event)} <span className="quiet">{whereOf(event)}</span>
                {event.reason !== null && <span className="quiet"> · {reasonOf(event)}</span>}
              </span>
              <Time at={event.at} className="quiet" />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
