import { CloseOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';

import type { Door } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { lookOf } from '../../ui/door_look';
import { DoorMark, EventMark, eventLookOf } from '../../ui/marks';
import { Time } from '../../ui/site';
import { headlineOf, whoOf } from '../events/event_words';
import type { useDoorCommands } from '../live/door_commands';
import { DoorCommands, useStateText } from '../live/door_tile';
import { useMay } from '../shell/me_context';
import css from './map.module.css';

interface Props {
  door: Door;
  commands: ReturnType<typeof useDoorCommands>;
  onClose: () => void;
}

/** What is to be known of a door at once, and what can be done with it. */
export function DoorCard({ door, commands, onClose }: Props) {
  const { t } = useTranslation();
  const stateText = useStateText();
  const [mayControl, maySee] = [useMay('doors', 'control'), useMay('events', 'view')];
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.focus(), [door.id]);
  return (
    <section
      ref={card}
      className={css.card}
      tabIndex={-1}
      aria-label={door.name}
      onKeyDown={(press) => press.key === 'Escape' && onClose()}
    >
      <header>
        <DoorMark look={lookOf(door.state)} size={26} />
        <div className="cut">
          <b>{door.name}</b>
          <div>
            {stateText(door)} <Time at={door.state.since} className="quiet" />
          </div>
        </div>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t('common.close')}
          onClick={onClose}
        />
      </header>
      {maySee && <LastEvent door={door} />}
      {commands.requestOf(door) === 'sent' && <p role="status">{t('commands.sent')}</p>}
      <footer>
        {mayControl && (
          <DoorCommands
            door={door}
            request={commands.requestOf(door)}
            whole={false}
            onCommand={commands.ask}
          />
        )}
        {maySee && <Link to={`/events?door=${door.id}`}>{t('live.see_all')}</Link>}
      </footer>
    </section>
  );
}

function LastEvent({ door }: { door: Door }) {
  const last = useQuery({
    queryKey: ['events', 'last', door.id, door.state.since],
    queryFn: () => answerOf(api.GET('/events', { params: { query: { door: [door.id], limit: 1 } } })),
    placeholderData: (before) => before,
    refetchInterval: 10_000,
  });
  const event = last.data?.items[0];
  if (!event || event.door_id !== door.id) return null;
  const who = whoOf(event);
  return (
    <p className={css.last}>
      <EventMark look={eventLookOf(event)} size={14} />
      <span className="cut">
        {headlineOf(event)}
        {who !== null && `: ${who}`}
      </span>
      <Time at={event.at} className="quiet" />
    </p>
  );
}
