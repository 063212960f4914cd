import { ApartmentOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { memo, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router-dom';

import type { Event } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useDevices, useDoors } from '../../api/queries';
import type { DoorLook } from '../../ui/door_look';
import { lookOf } from '../../ui/door_look';
import { LinkButton } from '../../ui/link_button';
import { StateWord } from '../../ui/marks';
import { Page, Panel } from '../../ui/page';
import { useNarrow, usePhone } from '../../ui/phone';
import { useUnhurried } from '../../ui/unhurried';
import { EventDetail, SeePerson } from '../events/event_detail';
import { below } from '../organisation/branches';
import { useTree } from '../organisation/trees';
import { BlockCard } from '../people/block_card';
import { useLiveStream, useStream } from '../shell/live_context';
import { useMay } from '../shell/me_context';
import { useDoorCommands } from './door_commands';
import { DoorTreePanel } from './door_tree_panel';
import { DoorWall } from './door_wall';
import { EventStream } from './event_stream';
import css from './live.module.css';
import { usePart } from './part';
import type { Reach, StreamFilter } from './stream_filter';
import { passes, pastQueryOf, useStreamFilter } from './stream_filter';

/** How long the newest event stands large before the next one, where they come fast. */
const glance_ms = 500;

/** The access manager: doors, what happens at them, and the event that matters, large. */
export default function LivePage() {
  const { t } = useTranslation();
  const phone = usePhone();
  const [search] = useSearchParams();
  const [selected, setSelected] = useState<Event | null>(null);
  const commands = useDoorCommands();
  const { filter, change } = useStreamFilter();
  const narrow = useNarrow();
  const part = usePart();
  const [treeOpen, setTreeOpen] = useState(false);
  useFiltered(filter, part.reach);

  const chosen = (event: Event) => setSelected(event.id === selected?.id ? null : event);
  const follow = useCallback(() => setSelected(null), []);
  return (
    <Page title={t('pages.live')} note={<Trouble />} shape={phone ? 'flow' : 'fill'}>
      <div className={css.live}>
        <DoorTreePanel
          drawer={narrow}
          open={treeOpen}
          onClose={() => setTreeOpen(false)}
          part={part.part}
          onChoose={part.choose}
          filter={filter}
          onFilter={change}
          ask={commands.ask}
        />
        <div className={css.left}>
          <DoorWall
            commands={commands}
            marked={search.get('door')}
            part={part}
            treeButton={
              narrow && (
                <Button size="small" icon={<ApartmentOutlined />} onClick={() => setTreeOpen(true)}>
                  {t('live.tree')}
                </Button>
              )
            }
          />
          {!phone && <Selected event={selected} onFollow={follow} ask={commands.ask} />}
        </div>
        <EventStream selected={selected?.id ?? null} onSelect={chosen} filter={filter} onFilter={change} />
      </div>
      {phone && (
        <Drawer
          open={selected !== null}
          onClose={() => setSelected(null)}
          placement="bottom"
          height="82%"
          title={t('live.selected')}
        >
          {selected && (
            <EventDetail event={selected} actions={<EventActions event={selected} ask={commands.ask} />} />
          )}
        </Drawer>
      )}
    </Page>
  );
}

/** How many doors ask for attention, seen while they are scrolled away; leads to the first of them. */
function Trouble() {
  const { t } = useTranslation();
  const doors = useDoors();
  const looking = (wanted: DoorLook) => (doors.data ?? []).filter((door) => lookOf(door.state) === wanted);
  const shown = (['alarm', 'offline'] as const).map((look) => ({ look, doors: looking(look) }));
  return (
    <span className={css.trouble}>
      {shown.map(
        ({ look, doors: [first, ...more] }) =>
          first && (
            <Link key={look} to={`/live?door=${first.id}`}>
              <StateWord look={look === 'alarm' ? 'bad' : 'off'}>
                {`${t(`door_states.${look}`)} ${more.length + 1}`}
              </StateWord>
            </Link>
          ),
      )}
    </span>
  );
}

/** The list is about what the filter says: what comes, and below it what was before this page was open. */
function useFiltered(filter: StreamFilter, reach: Reach | null): void {
  const stream = useStream();
  const devices = useDevices();
  const { branches } = useTree('departments');
  const departments = useMemo(
    () => (filter.department === null ? new Set<string>() : below(branches, filter.department)),
    [filter.department, branches],
  );
  useEffect(() => {
    stream.show((event) => passes(event, filter, departments, reach));
  }, [stream, filter, departments, reach]);
  const query = pastQueryOf(filter, devices.data ?? [], reach);
  const past = useQuery({
    queryKey: ['events', 'past', query],
    queryFn: () => answerOf(api.GET('/events', { params: { query: query! } })),
    staleTime: 0,
    enabled: query !== null,
  });
  useEffect(() => {
    if (past.data) stream.seed(past.data.items);
  }, [past.data, stream, filter, departments, reach]);
}

interface SelectedProps {
  event: Event | null;
  onFollow: () => void;
  ask: ReturnType<typeof useDoorCommands>['ask'];
}

/** The event that was chosen, or the newest that says who did what: the one at the door right now. */
function Selected({ event, onFollow, ask }: SelectedProps) {
  const stream = useLiveStream();
  const newest = useMemo(
    () => stream.events.shown.find((item) => item.result !== null || item.kind === 'alarm_started') ?? null,
    [stream.events.shown],
  );
  const followed = useUnhurried(newest, glance_ms);
  const shown = event ?? followed;
  return shown && <Large event={shown} onFollow={event && onFollow} ask={ask} />;
}

interface LargeProps extends Pick<SelectedProps, 'ask'> {
  event: Event;
  /** Null: it follows already. */
  onFollow: (() => void) | null;
}

const Large = memo(function Large({ event, onFollow, ask }: LargeProps) {
  const { t } = useTranslation();
  return (
    <Panel
      title={onFollow ? t('live.selected') : t('live.newest')}
      className={css.selected}
      actions={
        onFollow && (
          <Button size="small" onClick={onFollow}>
            {t('live.follow')}
          </Button>
        )
      }
    >
      <div className={css.selectedBody}>
        <EventDetail event={event} actions={<EventActions event={event} ask={ask} />} />
      </div>
    </Panel>
  );
});

/** What fits the event: open the door again, the person, the card that nobody has. */
function EventActions({ event, ask }: { event: Event; ask: ReturnType<typeof useDoorCommands>['ask'] }) {
  const { t } = useTranslation();
  const doors = useDoors();
  const [mayControl, mayEdit] = [useMay('doors', 'control'), useMay('people', 'edit')];
  const door = doors.data?.find((item) => item.id === event.door_id);
  return (
    <>
      {door && mayControl && (
        <Button disabled={!door.state.online} onClick={() => ask([door], 'open')}>
          {t('live.open_again', { door: door.name })}
        </Button>
      )}
      <SeePerson event={event} />
      <BlockCard event={event} />
      {mayEdit && event.reason === 'unknown_card' && event.person === null && event.card !== null && (
        <LinkButton to={`/people/new?card=${event.card}`}>{t('live.enrol')}</LinkButton>
      )}
      {event.door_id !== null && (
        <LinkButton to={`/events?door=${event.door_id}`} type="text">
          {t('live.see_all')}
        </LinkButton>
      )}
    </>
  );
}
