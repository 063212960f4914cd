import { MoreOutlined } from '@ant-design/icons';
import { Checkbox, Dropdown } from 'antd';
import type { MouseEvent } from 'react';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Door, DoorCommandWord } from '../../api/client';
import type { DoorLook } from '../../ui/door_look';
import { isSilenced, lookOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { useNear } from '../../ui/near';
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

/** Of many tiles, those far from view have their names only, which say nothing that could be out of date. */
export const DoorTile = memo(function DoorTile(props: Props) {
  const { door, size, mayControl, picking, picked, marked, onPick } = props;
  const tile = useRef<HTMLLIElement>(null);
  const near = useNear(tile, size === 'small' ? `.${css.groups}` : null);
  const look = lookOf(door.state);
  const looks = [
    css[`look_${look}`],
    look === 'alarm' && isSilenced(door.state) && css.silenced,
    picked && css.picked,
  ];
  return (
    <li
      ref={tile}
      className={[css.tile, css[size], ...(near ? looks : []), marked && css.marked]
        .filter(Boolean)
        .join(' ')}
      id={`door-${door.id}`}
      onClick={picking ? () => onPick(door) : undefined}
      onContextMenu={!picking && mayControl ? openMenu : undefined}
    >
      {near ? <TileContent {...props} look={look} /> : <span className="cut">{door.name}</span>}
    </li>
  );
});

function TileContent(props: Props & { look: DoorLook }) {
  const { door, look, size, request, mayControl, picking, picked, onPick, onCommand } = props;
  const { t } = useTranslation();
  const text = useStateText()(door);
  return (
    <>
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
      {!picking && mayControl && (
        <DoorCommands door={door} request={request} whole={size === 'small'} onCommand={onCommand} />
      )}
    </>
  );
}

interface CommandsProps extends Pick<Props, 'door' | 'request' | 'onCommand'> {
  /** Whether the menu has all of them, for where there is no room for a button of its own. */
  whole: boolean;
}

/** Open, and the menu of what else can be asked of a door. */
export function DoorCommands({ door, request, whole, onCommand }: CommandsProps) {
  const latest = useRef(door);
  useEffect(() => {
    latest.current = door;
  });
  const ask = useCallback((command: DoorCommandWord) => onCommand([latest.current], command), [onCommand]);
  return (
    <CommandButtons
      name={door.name}
      online={door.state.online}
      canOpen={door.state.online && lookOf(door.state) !== 'lockdown'}
      loud={door.state.alarms.length > 0 && !isSilenced(door.state)}
      sending={request === 'sending'}
      whole={whole}
      onAsk={ask}
    />
  );
}

interface ButtonsProps {
  name: string;
  online: boolean;
  canOpen: boolean;
  loud: boolean;
  sending: boolean;
  whole: boolean;
  onAsk: (command: DoorCommandWord) => void;
}

/** The same for most of what happens at a door: it is not drawn anew with each opening. */
const CommandButtons = memo(function CommandButtons(props: ButtonsProps) {
  const { name, canOpen, sending, onAsk } = props;
  const { t } = useTranslation();
  return (
    <div className={css.tileCommands}>
      <button
        type="button"
        className={css.tileButton}
        disabled={!canOpen || sending}
        aria-busy={sending}
        aria-label={t('commands.open_door', { door: name })}
        onClick={() => onAsk('open')}
      >
        {t(sending ? 'commands.sending' : 'commands.open')}
      </button>
      <MoreCommands {...props} />
    </div>
  );
});

/** The menu is built when it is asked for: a thousand tiles need no thousand menus. */
function MoreCommands({ name, online, loud, whole, onAsk }: ButtonsProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const wasOpen = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const commands = whole ? all_commands : more_commands;
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
        disabled={!online}
        aria-label={t('commands.more', { door: name })}
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
          menu={{ items, onClick: ({ key }) => onAsk(key as DoorCommandWord) }}
        >
          <i className={css.menuAnchor} />
        </Dropdown>
      )}
    </>
  );
}
