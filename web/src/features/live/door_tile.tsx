import { MoreOutlined } from '@ant-design/icons';
import { Checkbox, Dropdown } from 'antd';
import type { MouseEvent } from 'react';
import { memo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Door, DoorCommandWord } from '../../api/client';
import { isSilenced, lookOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { Time, useTimeText } from '../../ui/site';
import type { Request } from './door_commands';
import css from './live.module.css';

export type TileSize = 'large' | 'medium' | 'small';

interface Props {
  door: Door;
  size: TileSize;
  request: Request | null;
  mayControl: boolean;
  picking: boolean;
  picked: boolean;
  marked: boolean;
  onPick: (door: Door) => void;
  onCommand: (doors: Door[], command: DoorCommandWord) => void;
}

export const more_commands: DoorCommandWord[] = [
  'close',
  'always_open',
  'always_closed',
  'normal',
  'lockdown',
  'silence',
];
export const all_commands: DoorCommandWord[] = ['open', ...more_commands];

export function useStateText(): (door: Door) => string {
  const { t } = useTranslation();
  const timeText = useTimeText();
  return (door) => {
    const look = lookOf(door.state);
    if (look === 'offline') return t('door_states.offline_since', { time: timeText(door.state.since) });
    if (look === 'alarm') {
      const { alarms, silenced } = door.state;
      const words = alarms.map((alarm) =>
        silenced.includes(alarm)
          ? t('door_states.silenced', { alarm: t(`alarms.${alarm}`) })
          : t(`alarms.${alarm}`),
      );
      return words.join(', ');
    }
    return t(`door_states.${look}`);
  };
}

/** A click with the right button is the other way to the commands. */
function openMenu(click: MouseEvent<HTMLElement>) {
  click.preventDefault();
  click.currentTarget.querySelector<HTMLButtonElement>('[aria-haspopup=menu]')?.click();
}

export const DoorTile = memo(function DoorTile(props: Props) {
  const { door, size, request, mayControl, picking, picked, marked, onPick, onCommand } = props;
  const { t } = useTranslation();
  const stateText = useStateText();
  const look = lookOf(door.state);
  const text = stateText(door);
  const commands = !picking && mayControl;
  const classes = [
    css.tile,
    css[size],
    css[`look_${look}`],
    look === 'alarm' && isSilenced(door.state) && css.silenced,
    picked && css.picked,
    marked && css.marked,
  ].filter(Boolean);
  return (
    <li
      className={classes.join(' ')}
      id={`door-${door.id}`}
      onClick={picking ? () => onPick(door) : undefined}
      onContextMenu={commands ? openMenu : undefined}
    >
      <DoorMark look={look} size={size === 'large' ? 34 : size === 'medium' ? 24 : 18} />
      <div className={css.tileText}>
        <div className={`${css.tileName} cut`} title={door.name}>
          {door.name}
        </div>
        <div className={css.tileState} title={text}>
          <span className={css.stateWord}>{text}</span>
          {look === 'open' && door.state.mode !== 'normal' && door.state.mode !== 'unknown' && (
            <span>{t(`door_states.${door.state.mode}`)}</span>
          )}
          {size === 'large' && look !== 'offline' && <Time at={door.state.since} className={css.since} />}
        </div>
        {request === 'sent' && (
          <div className={css.sent} role="status">
            {t('commands.sent')}
          </div>
        )}
      </div>
      {picking && (
        <Checkbox checked={picked} onClick={(click) => click.stopPropagation()} onChange={() => onPick(door)}>
          <span className="hidden-text">{door.name}</span>
        </Checkbox>
      )}
      {commands && (
        <DoorCommands door={door} request={request} whole={size === 'small'} onCommand={onCommand} />
      )}
    </li>
  );
});

interface CommandsProps extends Pick<Props, 'door' | 'request' | 'onCommand'> {
  /** Whether the menu has all of them, for where there is no room for a button of its own. */
  whole: boolean;
}

/** Open, and the menu of what else can be asked of a door. */
export function DoorCommands({ door, request, whole, onCommand }: CommandsProps) {
  const { t } = useTranslation();
  const canOpen = door.state.online && lookOf(door.state) !== 'lockdown';
  return (
    <div className={css.tileCommands}>
      <button
        type="button"
        className={css.tileButton}
        disabled={!canOpen || request === 'sending'}
        aria-busy={request === 'sending'}
        aria-label={t('commands.open_door', { door: door.name })}
        onClick={() => onCommand([door], 'open')}
      >
        {t(request === 'sending' ? 'commands.sending' : 'commands.open')}
      </button>
      <MoreCommands door={door} onCommand={onCommand} commands={whole ? all_commands : more_commands} />
    </div>
  );
}

interface MoreProps extends Pick<Props, 'door' | 'onCommand'> {
  commands: DoorCommandWord[];
}

/** The menu is built when it is asked for: a thousand tiles need no thousand menus. */
function MoreCommands({ door, onCommand, commands }: MoreProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const wasOpen = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const loud = door.state.alarms.length > 0 && !isSilenced(door.state);
  const possible = commands.filter((command) => command !== 'silence' || loud);
  const items = possible.map((command) => ({
    key: command,
    label: t(`commands.${command}`),
    danger: command === 'lockdown',
  }));
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`${css.tileButton} ${css.more}`}
        disabled={!door.state.online}
        aria-label={t('commands.more', { door: door.name })}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerDown={() => (wasOpen.current = open)}
        onClick={() => {
          setOpen(!wasOpen.current);
          wasOpen.current = false;
        }}
      >
        <MoreOutlined />
      </button>
      {open && (
        <Dropdown
          open
          autoFocus
          placement="bottomRight"
          trigger={['click']}
          onOpenChange={(next) => !next && close()}
          menu={{ items, onClick: ({ key }) => onCommand([door], key as DoorCommandWord) }}
        >
          <i className={css.menuAnchor} />
        </Dropdown>
      )}
    </>
  );
}
