import { Button, Dropdown, Tag } from 'antd';
import type { ReactNode } from 'react';
import {
  cloneElement,
  isValidElement,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';

import type { Door, DoorCommandWord } from '../../api/client';
import { useDoors } from '../../api/queries';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { SearchField } from '../../ui/search_field';
import { NoDoors } from '../devices/no_doors';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import type { useDoorCommands } from './door_commands';
import type { TileSize } from './door_tile';
import { DoorTile, more_commands } from './door_tile';
import { byArea } from './door_tree';
import css from './live.module.css';
import type { usePart } from './part';
import { useDoorsByName } from './part';

function sizeFor(count: number): TileSize {
  if (count <= 3) return 'large';
  return count <= 80 ? 'medium' : 'small';
}

interface Props {
  commands: ReturnType<typeof useDoorCommands>;
  marked: string | null;
  part: ReturnType<typeof usePart>;
  /** The way to the tree, where it is not beside the doors. */
  treeButton: ReactNode;
}

/** All doors with what was last observed of them, as large as their number allows. */
export function DoorWall({ commands, marked, part, treeButton }: Props) {
  const { t } = useTranslation();
  const doors = useDoors();
  const mayControl = useMay('doors', 'control');
  const { branches } = useTree('areas');
  const { holds } = part;
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const [picking, setPicking] = useState(false);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const sorted = useDoorsByName();
  const shown = useMemo(
    () => sorted.filter((door) => door.name.toLowerCase().includes(wanted) && holds(door)),
    [sorted, wanted, holds],
  );
  const groups = useMemo(() => byArea(branches, shown), [branches, shown]);
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
  if (sorted.length === 0)
    return (
      <Panel title={t('live.doors')} className={css.wall}>
        <NoDoors />
      </Panel>
    );

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
      {treeButton}
      {part.part !== null && (
        <Tag closable onClose={() => part.choose(null)}>
          {t('live.of_part', { name: part.name })}
        </Tag>
      )}
      {mayControl && part.part !== null && shown.length > 0 && (
        <Button size="small" danger onClick={() => commands.ask(shown, 'lockdown')}>
          {t('live.lock_down', { count: shown.length })}
        </Button>
      )}
      {sorted.length > 6 && (
        <SearchField
          className={css.findDoor}
          size="small"
          label={t('live.find_door')}
          value={typed}
          onChange={setTyped}
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
        part.part !== null
          ? t('live.doors_of', { shown: shown.length, count: sorted.length })
          : t('live.doors_note', { count: sorted.length })
      }
      className={css.wall}
      actions={actions}
    >
      {shown.length === 0 ? (
        <Empty title={t('live.no_match')} />
      ) : (
        <div className={css.groups}>
          {groups.map(({ area, title, doors: own }) => (
            <section key={area} aria-label={title || t('live.no_area')}>
              {(title !== '' || groups.length > 1) && (
                <h3 className={css.groupTitle}>
                  <span className="cut">{title || t('live.no_area')}</span>
                  <span className={css.nodeCount}>{own.length}</span>
                </h3>
              )}
              <ul className={`${css.tiles} ${css[`tiles_${size}`]}`}>
                {own.map((door) => (
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
            </section>
          ))}
        </div>
      )}
    </Panel>
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
        trigger={['click']}
        buttonsRender={([open, more]) => [
          open,
          isValidElement<{ 'aria-label'?: string }>(more)
            ? cloneElement(more, { 'aria-label': t('live.pick_more') })
            : more,
        ]}
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
