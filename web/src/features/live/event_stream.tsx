import { ClearOutlined, PauseOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { Alert, Button, Segmented, Tooltip } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Event } from '../../api/client';
import { EventMark, eventLookOf } from '../../ui/marks';
import { Empty, Panel } from '../../ui/page';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { headlineOf, useRemark, useWhere, whoOf } from '../events/event_words';
import { useLiveStream } from '../shell/live_context';
import css from './live.module.css';

export type StreamFilter = 'all' | 'access' | 'alarm';

function passes(event: Event, filter: StreamFilter): boolean {
  if (filter === 'access') return event.kind === 'access' || event.kind === 'patrol';
  if (filter === 'alarm') return event.alarm !== null;
  return true;
}

interface Props {
  selected: string | null;
  onSelect: (event: Event) => void;
  filter: StreamFilter;
  onFilter: (filter: StreamFilter) => void;
}

const idOf = (event: Event) => event.id;

export function EventStream({ selected, onSelect, filter, onFilter }: Props) {
  const { t } = useTranslation();
  const stream = useLiveStream();
  const whereOf = useWhere();
  const remarkOf = useRemark();
  const { shown, locked, waiting } = stream.events;
  const rows = useMemo(
    () => (filter === 'all' ? shown : shown.filter((event) => passes(event, filter))),
    [shown, filter],
  );

  const line = (event: Event) => {
    const who = whoOf(event);
    const look = eventLookOf(event);
    return (
      <div className={css.line}>
        <EventMark look={look} />
        <div className="cut">
          <span className={css.lineWho}>{who ?? headlineOf(event)}</span>
          <span className="quiet"> {whereOf(event)}</span>
        </div>
        <Time at={event.at} />
        <div className={`${css.lineWhat} ${css[`line_${look}`]} cut`}>
          {[who === null ? null : headlineOf(event), remarkOf(event)].filter(Boolean).join(' · ')}
        </div>
      </div>
    );
  };
  const columns: Column<Event>[] = [{ key: 'line', title: '', width: 'minmax(0, 1fr)', render: line }];

  return (
    <Panel
      title={t('live.stream')}
      className={css.stream}
      actions={
        <>
          <Segmented<StreamFilter>
            size="small"
            aria-label={t('live.filter_label')}
            value={filter}
            onChange={onFilter}
            options={[
              { value: 'all', label: t('live.filter_all') },
              { value: 'access', label: t('live.filter_access') },
              { value: 'alarm', label: t('live.filter_alarm') },
            ]}
          />
          <Tooltip title={t(locked ? 'live.unlock' : 'live.lock')}>
            <Button
              size="small"
              type="text"
              aria-pressed={locked}
              aria-label={t(locked ? 'live.unlock' : 'live.lock')}
              icon={locked ? <PlayCircleOutlined /> : <PauseOutlined />}
              onClick={() => (locked ? stream.unlock() : stream.lock())}
            />
          </Tooltip>
          <Tooltip title={t('live.clear')}>
            <Button
              size="small"
              type="text"
              aria-label={t('live.clear')}
              icon={<ClearOutlined />}
              onClick={() => stream.clear()}
            />
          </Tooltip>
        </>
      }
    >
      {locked && (
        <button type="button" className={css.waiting} onClick={() => stream.unlock()}>
          {waiting > 0 ? t('live.unlock', { count: waiting }) : t('live.held')}
        </button>
      )}
      {stream.lost > 0 && <Alert type="warning" banner message={t('live.lost', { count: stream.lost })} />}
      {rows.length === 0 ? (
        <Empty title={t('live.all_quiet')}>{t('live.all_quiet_hint')}</Empty>
      ) : (
        <VirtualTable
          label={t('live.stream')}
          columns={columns}
          rows={rows}
          keyOf={idOf}
          phone={line}
          phoneHeight={52}
          rowHeight={52}
          header="hidden"
          selected={selected}
          onOpen={onSelect}
        />
      )}
    </Panel>
  );
}
