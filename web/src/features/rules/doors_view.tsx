import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Door, DoorRules } from '../../api/client';
import { useDoorRules, useDoors, useInterlocks, usePassbackAreas, useTemplates } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Failure, Loading, Panel } from '../../ui/page';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { NoDoors } from '../devices/no_doors';
import { DoorRulesDrawer } from './door_rules_drawer';

interface Line {
  door: Door;
  plan: string;
  people: string;
  place: string;
}
const keyOf = (line: Line) => line.door.id;

/** Each door with what it does besides, in a few words. */
export function DoorsView() {
  const { t } = useTranslation();
  const doors = useDoors();
  const rules = useDoorRules();
  const areas = usePassbackAreas();
  const interlocks = useInterlocks();
  const wordsOf = useRuleWords();
  const [search, setSearch] = useSearchParams();
  const opened = search.get('door');
  const close = () => setSearch({}, { replace: true });
  const failed = doors.error ?? rules.error ?? areas.error ?? interlocks.error;
  const byDoor = new Map((rules.data ?? []).map((one) => [one.door_id, one]));
  const lines = (doors.data ?? []).map((door): Line => {
    const own = byDoor.get(door.id);
    const around = [
      ...(areas.data ?? []).filter((area) =>
        [...area.entries, ...area.exits].some((reader) => reader.door_id === door.id),
      ),
      ...(interlocks.data ?? []).filter((interlock) => interlock.doors.includes(door.id)),
    ].map((one) => one.name);
    const words = own ? wordsOf(own) : { plan: [], people: [] };
    return { door, plan: words.plan.join(' · '), people: words.people.join(' · '), place: around.join(', ') };
  });
  const orNone = (text: string) => text || <span className="quiet">–</span>;
  const columns: Column<Line>[] = [
    {
      key: 'door',
      title: t('events.door'),
      width: 'minmax(150px, 1fr)',
      render: ({ door }) => (
        <>
          <b>{door.name}</b> <SettingsState door={door} />
        </>
      ),
    },
    {
      key: 'plan',
      title: t('rules.plan'),
      width: 'minmax(180px, 1.6fr)',
      render: ({ plan }) => <span title={plan}>{orNone(plan)}</span>,
    },
    {
      key: 'people',
      title: t('rules.people'),
      width: 'minmax(170px, 1.4fr)',
      render: ({ people }) => <span title={people}>{orNone(people)}</span>,
    },
    {
      key: 'place',
      title: t('rules.place'),
      width: 'minmax(140px, 1fr)',
      render: ({ place }) => <span title={place}>{orNone(place)}</span>,
    },
  ];
  const phone = ({ door, plan, people, place }: Line) => (
    <div>
      <b>{door.name}</b> <SettingsState door={door} />
      <div className="quiet cut">{[plan, people, place].filter(Boolean).join(' · ') || t('rules.none')}</div>
    </div>
  );
  const open = byDoor.get(opened ?? '');
  const door = doors.data?.find((one) => one.id === opened);
  return (
    <>
      <Panel title={t('rules.view_doors')}>
        {failed ? (
          <Failure
            error={failed}
            onRetry={() => void Promise.all([doors, rules, areas, interlocks].map((one) => one.refetch()))}
          />
        ) : doors.isPending || rules.isPending ? (
          <Loading />
        ) : lines.length === 0 ? (
          <NoDoors />
        ) : (
          <VirtualTable
            label={t('rules.view_doors')}
            columns={columns}
            rows={lines}
            atMost="75vh"
            keyOf={keyOf}
            phone={phone}
            selected={opened}
            onOpen={(line) => setSearch({ door: line.door.id })}
          />
        )}
      </Panel>
      <DoorRulesDrawer door={door} rules={open} onClose={close} />
    </>
  );
}

function SettingsState({ door }: { door: Door }) {
  const { t } = useTranslation();
  if (door.settings_state === 'issued') return null;
  return door.settings_state === 'pending' ? (
    <StateWord look="waiting">{t('devices.settings_pending')}</StateWord>
  ) : (
    <StateWord look="bad">{t('devices.settings_failed')}</StateWord>
  );
}

/** The rules of a door in a few words: what it does by the clock, and for whom it waits. */
function useRuleWords(): (rules: DoorRules) => { plan: string[]; people: string[] } {
  const { t } = useTranslation();
  const templates = useTemplates();
  const named = (id: string) => templates.data?.find((one) => one.id === id)?.name ?? '…';
  return ({ always_open, always_closed, unlock_periods, first_card, groups }) => ({
    plan: [
      ...(always_open ? [t('rules.short_open', { template: named(always_open) })] : []),
      ...(always_closed ? [t('rules.short_closed', { template: named(always_closed) })] : []),
      ...unlock_periods.map((period) =>
        t('rules.short_unlock', {
          template: named(period.template_id),
          mode: t(`unlock_modes.${period.unlock_mode}`),
        }),
      ),
    ],
    people: [
      ...(first_card ? [t('rules.short_first', { count: first_card.count })] : []),
      ...groups.map((group) => t('rules.short_group', { needed: group.needed, of: group.count })),
    ],
  });
}
