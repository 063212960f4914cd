import { DownOutlined, MoreOutlined, PauseCircleOutlined, RightOutlined } from '@ant-design/icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Drawer } from 'antd';
import type { KeyboardEvent, MouseEvent } from 'react';
import { memo, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useDevices } from '../../api/queries';
import type { DoorLook } from '../../ui/door_look';
import { worstOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { Panel } from '../../ui/page';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import type { useDoorCommands } from './door_commands';
import { useStateText } from './door_tile';
import type { Shown } from './door_tree';
import { devicesOf, site_key, treeOf, visible } from './door_tree';
import css from './live.module.css';
import type { MenuPlace } from './node_menu';
import { NodeMenu } from './node_menu';
import type { Part } from './part';
import { useDoorsByName } from './part';
import type { StreamFilter } from './stream_filter';

interface Props {
  part: Part | null;
  onChoose: (part: Part | null) => void;
  filter: StreamFilter;
  onFilter: (changed: Partial<StreamFilter>) => void;
  ask: ReturnType<typeof useDoorCommands>['ask'];
}

const row_height = 30;

function partOf(node: Shown): Part | null {
  if (node.kind === 'site') return null;
  return { kind: node.kind === 'door' ? 'only' : node.kind, id: node.id };
}

/** The tree at the left of the doors, or in a drawer where there is no room for it. */
export function DoorTreePanel(props: Props & { drawer: boolean; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { drawer, open, onClose, ...rest } = props;
  if (!drawer) {
    return (
      <Panel title={t('live.tree')} className={css.tree}>
        <DoorTree {...rest} />
      </Panel>
    );
  }
  const choose = (part: Part | null) => {
    onClose();
    rest.onChoose(part);
  };
  return (
    <Drawer
      open={open}
      onClose={onClose}
      placement="left"
      width="min(330px, 86vw)"
      title={t('live.tree')}
      styles={{ body: { display: 'flex', flexDirection: 'column', padding: 0 } }}
      destroyOnHidden
    >
      <DoorTree {...rest} onChoose={choose} />
    </Drawer>
  );
}

function useNodes(turned: ReadonlySet<string>): Shown[] {
  const { t } = useTranslation();
  const { branches } = useTree('areas');
  const doors = useDoorsByName();
  const devices = useDevices(useMay('devices', 'view')).data;
  const nodes = useMemo(
    () => treeOf(t('live.all_doors'), branches, devices ?? [], doors),
    [t, branches, devices, doors],
  );
  return useMemo(() => visible(nodes, turned), [nodes, turned]);
}

/** Areas, controllers and doors, each with the worst state of what is below it; only visible rows exist. */
function DoorTree({ part, onChoose, filter, onFilter, ask }: Props) {
  const { t } = useTranslation();
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ node: Shown; at: MenuPlace } | null>(null);
  const nodes = useNodes(turned);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row_height,
    overscan: 10,
    getItemKey: (index) => nodes[index]!.key,
  });
  const isChosen = (node: Shown) => {
    const own = partOf(node);
    return own === null ? part === null : own.kind === part?.kind && own.id === part.id;
  };
  const chosenAt = nodes.findIndex(isChosen);
  const cursorAt = nodes.findIndex((node) => node.key === (cursor ?? nodes[chosenAt]?.key ?? site_key));
  useEffect(() => {
    if (chosenAt >= 0) virtual.scrollToIndex(chosenAt);
    // Only what was chosen is brought into view: not again when the tree grows above it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [part?.kind, part?.id, virtual]);

  const turn = ({ key }: Shown) =>
    setTurned((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  const go = (index: number) => {
    const to = Math.min(nodes.length - 1, Math.max(0, index));
    setCursor(nodes[to]!.key);
    virtual.scrollToIndex(to);
  };
  const openMenu = (node: Shown, at: MenuPlace) => {
    setCursor(node.key);
    setMenu({ node, at });
  };
  const closeMenu = () => {
    setMenu(null);
    scroller.current?.focus();
  };
  const onKey = (press: KeyboardEvent) => {
    const node = nodes[cursorAt];
    if (!node) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / row_height) - 1);
    const menuOf = () => {
      const { left, bottom } = document.getElementById(rowId(cursorAt))!.getBoundingClientRect();
      openMenu(node, { left: left + 40, top: bottom });
    };
    const parent = () => nodes.slice(0, cursorAt).findLastIndex((other) => other.depth < node.depth);
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(cursorAt + 1),
      ArrowUp: () => go(cursorAt - 1),
      PageDown: () => go(cursorAt + page),
      PageUp: () => go(cursorAt - page),
      Home: () => go(0),
      End: () => go(nodes.length - 1),
      ArrowRight: () => (node.open === false ? turn(node) : node.open && go(cursorAt + 1)),
      ArrowLeft: () => (node.open ? turn(node) : go(parent())),
      Enter: () => onChoose(partOf(node)),
      ' ': () => onChoose(partOf(node)),
      ContextMenu: menuOf,
      ...(press.shiftKey ? { F10: menuOf } : {}),
    };
    const step = steps[press.key];
    if (!step) return;
    press.preventDefault();
    step();
  };
  const rowId = (index: number) => `${id}-${index}`;
  const textOf = useNodeText();
  const actions = useRowActions(nodes, {
    choose: (node) => {
      setCursor(node.key);
      onChoose(partOf(node));
    },
    turn,
    menu: openMenu,
  });
  return (
    <>
      <div
        ref={scroller}
        className={css.nodes}
        role="tree"
        tabIndex={0}
        aria-label={t('live.tree')}
        aria-activedescendant={cursorAt < 0 ? undefined : rowId(cursorAt)}
        onKeyDown={onKey}
        onContextMenu={(click) => click.preventDefault()}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const node = nodes[item.index]!;
            return (
              <Row
                key={item.key}
                id={rowId(item.index)}
                node={node.key}
                kind={node.kind}
                name={node.name}
                depth={node.depth}
                open={node.open}
                count={node.doors.length}
                {...textOf(node)}
                top={item.start}
                chosen={item.index === chosenAt || isChosen(node)}
                atCursor={item.index === cursorAt}
                silent={isStopped(node, filter.stopped)}
                actions={actions}
              />
            );
          })}
        </div>
      </div>
      {menu && (
        <NodeMenu
          node={menu.node}
          at={menu.at}
          filter={filter}
          onFilter={onFilter}
          onShow={() => onChoose(partOf(menu.node))}
          ask={ask}
          onClose={closeMenu}
        />
      )}
    </>
  );
}

type RowAction = (node: Shown, at: MenuPlace) => void;
type RowActions = Record<'choose' | 'turn' | 'menu', (key: string, at?: MenuPlace) => void>;

/** The same functions however often the nodes change: rows are drawn anew only when they look different. */
function useRowActions(nodes: readonly Shown[], now: Record<keyof RowActions, RowAction>): RowActions {
  const latest = useRef({ nodes, now });
  useEffect(() => {
    latest.current = { nodes, now };
  });
  return useMemo(() => {
    const act =
      (what: keyof RowActions) =>
      (key: string, at: MenuPlace = { left: 0, top: 0 }) => {
        const node = latest.current.nodes.find((one) => one.key === key);
        if (node) latest.current.now[what](node, at);
      };
    return { choose: act('choose'), turn: act('turn'), menu: act('menu') };
  }, []);
}

function isStopped(node: Shown, stopped: readonly string[]): boolean {
  if (stopped.length === 0 || node.kind === 'door') return false;
  const devices = devicesOf(node);
  return devices.length > 0 && devices.every((device) => stopped.includes(device));
}

function useNodeText(): (node: Shown) => { look: DoorLook | null; text: string } {
  const { t } = useTranslation();
  const stateText = useStateText();
  return (node) => {
    const look = worstOf(node.doors) ?? (node.device?.state === 'offline' ? 'offline' : null);
    if (node.kind === 'door') return { look, text: `${node.name}: ${stateText(node.doors[0]!)}` };
    const state = t(`door_states.${look ?? 'unknown'}`);
    return { look, text: t('live.node', { name: node.name, count: node.doors.length, state }) };
  };
}

interface RowProps extends Pick<Shown, 'kind' | 'name' | 'depth' | 'open'> {
  id: string;
  /** Its key. */
  node: string;
  count: number;
  look: DoorLook | null;
  text: string;
  top: number;
  chosen: boolean;
  atCursor: boolean;
  silent: boolean;
  actions: RowActions;
}

const Row = memo(function Row(props: RowProps) {
  const { id, node, kind, name, depth, open, count, look, text, top, chosen, atCursor, silent, actions } =
    props;
  const { t } = useTranslation();
  const onContext = (click: MouseEvent) => {
    click.preventDefault();
    actions.menu(node, { left: click.clientX, top: click.clientY });
  };
  const onMore = (click: MouseEvent<HTMLElement>) => {
    click.stopPropagation();
    const { left, bottom } = click.currentTarget.getBoundingClientRect();
    actions.menu(node, { left, top: bottom });
  };
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={open ?? undefined}
      aria-selected={chosen}
      aria-label={silent ? `${text}, ${t('live.node_stopped')}` : text}
      title={text}
      className={[css.node, chosen && css.chosen, atCursor && css.atCursor].filter(Boolean).join(' ')}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 6 + depth * 14 }}
      onClick={() => actions.choose(node)}
      onDoubleClick={open === null ? undefined : () => actions.turn(node)}
      onContextMenu={onContext}
    >
      <span
        className={css.turn}
        aria-hidden
        onClick={(click) => {
          if (open === null) return;
          click.stopPropagation();
          actions.turn(node);
        }}
      >
        {open !== null && (open ? <DownOutlined /> : <RightOutlined />)}
      </span>
      <DoorMark look={look ?? 'unknown'} size={15} />
      <span className="cut">{name}</span>
      {silent && <PauseCircleOutlined className={css.nodeStopped} title={t('live.node_stopped')} />}
      {kind !== 'door' && (
        <>
          {' ' /* What is seen stays a part of what is read out. */}
          <span className={css.nodeCount}>{count}</span>
        </>
      )}
      <button
        type="button"
        tabIndex={-1}
        className={css.nodeMore}
        aria-label={t('live.node_menu', { name })}
        onClick={onMore}
      >
        <MoreOutlined />
      </button>
    </div>
  );
});
