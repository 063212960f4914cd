import { LinkOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { App, Button, Drawer } from 'antd';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Event } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useEndless } from '../../ui/infinite';
import { wordOf } from '../../ui/i18n';
import { EventMark, eventLookOf } from '../../ui/marks';
import { Empty, Failure, Loading, Page, Panel } from '../../ui/page';
import { usePhone } from '../../ui/phone';
import { Time, useZone } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { below } from '../organisation/branches';
import { useTree } from '../organisation/trees';
import { useStream } from '../shell/live_context';
import { EventDetail, SeePerson } from './event_detail';
import { headlineOf, useRemark, whereOf, whoOf } from './event_words';
import css from './events.module.css';
import { ExportMenu } from './export_menu';
import { FilterLine } from './filter_line';
import type { Filters } from './filters';
import { addressOf, filtersOf, fits, listQueryOf, queryOf, spanOf } from './filters';
import { HistogramChart } from './histogram_chart';

const idOf = (event: Event) => event.id;

export default function EventsPage() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const zone = useZone();
  const phone = usePhone();
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => filtersOf(search), [search]);
  const address = JSON.stringify(addressOf(filters));
  const fresh = useFresh(filters, address);
  // The range is fixed until it is asked for again, so that pages fit together.
  const span = useMemo(() => spanOf(filters, fresh.now, zone), [filters, fresh.now, zone]);
  const query = useMemo(() => queryOf(filters, span), [filters, span]);
  const listed = useMemo(() => listQueryOf(filters, query), [filters, query]);
  const events = useEndless<Event>(['events', 'list', listed], (cursor, signal) =>
    answerOf(api.GET('/events', { params: { query: { ...listed, limit: 200, cursor } }, signal })),
  );
  const histogram = useQuery({
    queryKey: ['events', 'histogram', query, phone],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/events/histogram', { params: { query: { ...query, buckets: phone ? 40 : 96 } }, signal }),
      ),
    placeholderData: (previous) => previous,
  });

  const openId = search.get('event');
  const change = useCallback(
    (changed: Partial<Filters>) => setSearch(addressOf({ ...filters, ...changed })),
    [filters, setSearch],
  );
  const open = useCallback(
    (id: string | null) =>
      setSearch({ ...addressOf(filters), ...(id ? { event: id } : {}) }, { replace: true }),
    [filters, setSearch],
  );
  const share = () => {
    void navigator.clipboard?.writeText(location.href);
    void message.success(t('events.shared'));
  };

  const columns = useColumns();
  const line = useLine();
  return (
    <Page
      title={t('pages.events')}
      shape="fill"
      actions={
        <>
          <Button icon={<LinkOutlined />} aria-label={t('events.share')} onClick={share}>
            {!phone && t('events.share')}
          </Button>
          <ExportMenu query={query} />
        </>
      }
    >
      <FilterLine
        filters={filters}
        onChange={change}
        onClear={() =>
          change({ door: [], person: [], department: null, kind: [], result: null, reason: [], card: null })
        }
      />
      <Panel className={css.panel}>
        <HistogramChart
          histogram={histogram.data}
          onZoom={(from, to) => change({ range: 'custom', from, to })}
        />
        {fresh.count > 0 && (
          <button type="button" className={css.fresh} onClick={fresh.renew}>
            {t('events.new', { count: fresh.count })}
          </button>
        )}
        {events.isPending ? (
          <Loading />
        ) : events.error ? (
          <Failure error={events.error} onRetry={() => void events.refetch()} />
        ) : events.rows.length === 0 ? (
          <Empty title={t('events.empty')}>{t('events.empty_hint')}</Empty>
        ) : (
          <VirtualTable
            label={t('pages.events')}
            columns={columns}
            rows={events.rows}
            keyOf={idOf}
            phone={line}
            selected={openId}
            onOpen={(event) => open(event.id)}
            onEnd={events.onEnd}
            footer={t(events.hasNextPage ? 'common.loading_more' : 'common.end_of_list')}
          />
        )}
      </Panel>
      <EventDrawer id={openId} known={events.rows} onClose={() => open(null)} />
    </Page>
  );
}

/** When the list was asked for, and how many events have come since that it would show. */
function useFresh(filters: Filters, address: string) {
  const stream = useStream();
  const { branches } = useTree('departments');
  const departments = useMemo(
    () => (filters.department ? below(branches, filters.department) : new Set<string>()),
    [branches, filters.department],
  );
  const [now, setNow] = useState(() => new Date());
  const [count, setCount] = useState(0);
  const renew = useCallback(() => {
    setNow(new Date());
    setCount(0);
  }, []);
  useEffect(() => renew(), [address, renew]);
  useEffect(() => {
    let waiting = 0;
    const stop = stream.watch((event) => void (fits(event, filters, departments) && waiting++));
    const timer = setInterval(() => {
      if (waiting > 0) setCount((before) => before + waiting);
      waiting = 0;
    }, 500);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [stream, filters, departments]);
  return { now, count, renew };
}

function useColumns(): Column<Event>[] {
  const { t } = useTranslation();
  const remarkOf = useRemark();
  return [
    { key: 'at', title: t('events.at'), width: '128px', render: (event) => <Time at={event.at} /> },
    {
      key: 'what',
      title: t('events.what'),
      width: 'minmax(170px, 1.2fr)',
      render: (event) => (
        <span className={css.what}>
          <EventMark look={eventLookOf(event)} />
          <span className="cut">{headlineOf(event)}</span>
        </span>
      ),
    },
    {
      key: 'who',
      title: t('events.person'),
      width: 'minmax(130px, 1fr)',
      render: (event) => <b>{event.person ? whoOf(event) : ''}</b>,
    },
    { key: 'where', title: t('events.door'), width: 'minmax(130px, 1fr)', render: (event) => whereOf(event) },
    {
      key: 'reason',
      title: t('events.reason'),
      width: 'minmax(130px, 1.2fr)',
      render: (event) => (
        <span className={event.reason === null ? 'quiet' : undefined}>{remarkOf(event)}</span>
      ),
    },
    {
      key: 'method',
      title: t('events.method'),
      width: '130px',
      render: (event) => (
        <span className="quiet">{event.method === null ? '' : wordOf('methods', event.method)}</span>
      ),
    },
    {
      key: 'card',
      title: t('events.card'),
      width: '100px',
      render: (event) => <span className="mono num quiet">{event.card ?? ''}</span>,
    },
  ];
}

function useLine(): (event: Event) => React.ReactNode {
  const remarkOf = useRemark();
  return (event) => (
    <div className={css.line}>
      <EventMark look={eventLookOf(event)} />
      <b className="cut">{whoOf(event) ?? headlineOf(event)}</b>
      <Time at={event.at} className="quiet" />
      <span className="quiet cut">
        {[whoOf(event) === null ? null : headlineOf(event), whereOf(event), remarkOf(event)]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </div>
  );
}

/** The side panel; an event that is not in the list (a shared address) is fetched. */
function EventDrawer({ id, known, onClose }: { id: string | null; known: Event[]; onClose: () => void }) {
  const { t } = useTranslation();
  const listed = known.find((event) => event.id === id);
  const fetched = useQuery({
    queryKey: ['event', id],
    queryFn: () => answerOf(api.GET('/events/{id}', { params: { path: { id: id! } } })),
    enabled: id !== null && !listed,
  });
  const event = listed ?? fetched.data;
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      width={480}
      mask={false}
      title={t('events.detail')}
      destroyOnHidden
    >
      {event ? (
        <EventDetail event={event} actions={<SeePerson event={event} />} />
      ) : fetched.error ? (
        <Failure error={fetched.error} onRetry={() => void fetched.refetch()} />
      ) : (
        <Loading />
      )}
    </Drawer>
  );
}
