import { SearchOutlined } from '@ant-design/icons';
import { Button, Dropdown, Input, Tag } from 'antd';
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router-dom';

import type { Door, DoorCommandWord } from '../../api/client';
import { useDevices, useDoors } from '../../api/queries';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { BranchSelect } from '../organisation/branch_select';
import { below } from '../organisation/branches';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import type { useDoorCommands } from './door_commands';
import type { TileSize } from './door_tile';
import { DoorTile, more_commands } from './door_tile';
import css from './live.module.css';

function sizeFor(count: number): TileSize {
  if (count <= 6) return 'large';
  return count <= 80 ? 'medium' : 'small';
}

interface Props {
  commands: ReturnType<typeof useDoorCommands>;
  marked: string | null;
}

/** All doors with what was last observed of them, as large as their number allows. */
export function DoorWall({ commands, marked }: Props) {
  const { t } = useTranslation();
  const doors = useDoors();
  const mayControl = useMay('doors', 'control');
  const part = usePart();
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const [picking, setPicking] = useState(false);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const sorted = useMemo(
    () => [...(doors.data ?? [])].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })),
    [doors.data],
  );
  const shown = useMemo(
    () => sorted.filter((door) => door.name.toLowerCase().includes(wanted) && part.holds(door)),
    [sorted, wanted, part],
  );
  const chosen = useMemo(() => sorted.filter((door) => picked.has(door.id)), [sorted, picked]);
  const pick = useCallback((door: Door) => {
    setPicked((before) => {
      const after = new Set(before);
      if (!after.delete(door.id)) after.add(door.id);
      return after;
    });
  }, []);
  useEffect(() => {
    if (marked) document.getElementById(`door-${marked}`)?.scrollIntoView?.({ block: 'center' });
  }, [marked, doors.isSuccess]);

  if (doors.isPending) return <Panel title={t('live.doors')} children={<Loading />} />;
  if (doors.error) {
    return (
      <Panel title={t('live.doors')}>
        <Failure error={doors.error} onRetry={() => void doors.refetch()} />
      </Panel>
    );
  }
  if (sorted.length === 0) return <NoDoors />;

  const stopPicking = () => {
    setPicking(false);
    setPicked(new Set());
  };
  const actions = picking ? (
    <PickBar
      count={chosen.length}
      onAll={() => setPicked(new Set(shown.map((door) => door.id)))}
      onCommand={(command) => commands.ask(chosen, command)}
      onDone={stopPicking}
    />
  ) : (
    <div className={css.wallActions}>
      <PartChoice part={part} />
      {mayControl && part.chosen && shown.length > 0 && (
        <Button size="small" danger onClick={() => commands.ask(shown, 'lockdown')}>
          {t('live.lock_down', { count: shown.length })}
        </Button>
      )}
      {sorted.length > 6 && (
        <Input
          className={css.findDoor}
          size="small"
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t('live.find_door')}
          aria-label={t('live.find_door')}
          value={typed}
          onChange={(change) => setTyped(change.target.value)}
        />
      )}
      {mayControl && sorted.length > 1 && (
        <Button size="small" onClick={() => setPicking(true)}>
          {t('live.pick')}
        </Button>
      )}
    </div>
  );
  const size = sizeFor(shown.length);
  return (
    <Panel
      title={
        part.chosen
          ? t('live.doors_of', { shown: shown.length, count: sorted.length })
          : t('live.doors_note', { count: sorted.length })
      }
      className={css.wall}
      actions={actions}
    >
      {shown.length === 0 ? (
        <Empty title={t('live.no_match')} />
      ) : (
        <ul className={`${css.tiles} ${css[`tiles_${size}`]}`}>
          {shown.map((door) => (
            <DoorTile
              key={door.id}
              door={door}
              size={size}
              request={commands.requestOf(door)}
              mayControl={mayControl}
              picking={picking}
              picked={picked.has(door.id)}
              marked={marked === door.id}
              onPick={pick}
              onCommand={commands.ask}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Which doors are looked at: those of an area and below it, or of one device; the address says which. */
function usePart() {
  const [search, setSearch] = useSearchParams();
  const [area, device] = [search.get('area'), search.get('device')];
  const { branches } = useTree('areas');
  return useMemo(() => {
    const within = area === null ? null : below(branches, area);
    return {
      area,
      device,
      chosen: area !== null || device !== null,
      holds: (door: Door) =>
        (within === null || (door.area_id !== null && within.has(door.area_id))) &&
        (device === null || door.device_id === device),
      choose: (id: string | null) => setSearch(id === null ? {} : { area: id }, { replace: true }),
    };
  }, [area, device, branches, setSearch]);
}

function PartChoice({ part }: { part: ReturnType<typeof usePart> }) {
  const { t } = useTranslation();
  const devices = useDevices(part.device !== null);
  const { branches } = useTree('areas');
  if (part.device !== null) {
    const name = devices.data?.find((device) => device.id === part.device)?.name ?? '';
    return (
      <Tag closable onClose={() => part.choose(null)} className={css.part}>
        {t('live.of_device', { name })}
      </Tag>
    );
  }
  if (branches.length === 0) return null;
  return (
    <div className={css.part}>
      <BranchSelect
        tree="areas"
        size="small"
        label={t('devices.area')}
        none={t('live.all_areas')}
        value={part.area}
        onChange={part.choose}
      />
    </div>
  );
}

interface PickBarProps {
  count: number;
  onAll: () => void;
  onCommand: (command: DoorCommandWord) => void;
  onDone: () => void;
}

function PickBar({ count, onAll, onCommand, onDone }: PickBarProps) {
  const { t } = useTranslation();
  return (
    <>
      <span className="quiet num">{t('live.picked', { count })}</span>
      <Button size="small" onClick={onAll}>
        {t('live.pick_all')}
      </Button>
      <Dropdown.Button
        size="small"
        disabled={count === 0}
        onClick={() => onCommand('open')}
        menu={{
          items: more_commands.map((command) => ({ key: command, label: t(`commands.${command}`) })),
          onClick: ({ key }) => onCommand(key as DoorCommandWord),
        }}
      >
        {t('commands.open')}
      </Dropdown.Button>
      <Button size="small" onClick={onDone}>
        {t('live.pick_none')}
      </Button>
    </>
  );
}

function NoDoors() {
  const { t } = useTranslation();
  return (
    <Panel title={t('live.doors')} className={css.wall}>
      <Empty
        title={t('live.no_doors')}
        action={
          <Link to="/devices?add=1">
            <Button type="primary">{t('live.to_devices')}</Button>
          </Link>
        }
      >
        {t('live.no_doors_hint')}
      </Empty>
    </Panel>
  );
}
