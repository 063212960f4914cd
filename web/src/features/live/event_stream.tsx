import { ClearOutlined, PauseOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { Alert, Button, Segmented, Tooltip } from 'antd';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Event } from '../../api/client';
import { EventMark, eventLookOf } from '../../ui/marks';
import { Empty, Panel } from '../../ui/page';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { headlineOf, useRemark, whereOf, whoOf } from '../events/event_words';
import { useLiveStream, useStream } from '../shell/live_context';
import { FilterButton } from './filter_button';
import css from './live.module.css';
import type { KindGroup, StreamFilter } from './stream_filter';
import { groupOf, kind_groups } from './stream_filter';

interface Props {
  selected: string | null;
  onSelect: (event: Event) => void;
  filter: StreamFilter;
  onFilter: (changed: Partial<StreamFilter>) => void;
}

const idOf = (event: Event) => event.id;

export function EventStream({ selected, onSelect, filter, onFilter }: Props) {
  const { t } = useTranslation();
  const stream = useLiveStream();
  const remarkOf = useRemark();
  const { shown: rows, locked, waiting } = stream.events;

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
      actions={<StreamActions filter={filter} onFilter={onFilter} locked={locked} />}
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

/** Not drawn anew with each event. */
const StreamActions = memo(function StreamActions({
  filter,
  onFilter,
  locked,
}: Pick<Props, 'filter' | 'onFilter'> & { locked: boolean }) {
  const { t } = useTranslation();
  const stream = useStream();
  return (
    <>
      <Segmented<KindGroup | 'other'>
        size="small"
        aria-label={t('live.filter_label')}
        value={groupOf(filter.kinds) ?? 'other'}
        onChange={(group) => group !== 'other' && onFilter({ kinds: kind_groups[group] })}
        options={[
          { value: 'all', label: t('live.filter_all') },
          { value: 'access', label: t('live.filter_access') },
          { value: 'alarm', label: t('live.filter_alarm') },
        ]}
      />
      <FilterButton filter={filter} onChange={onFilter} />
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
  );
});
