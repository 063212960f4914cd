import type { MenuProps } from 'antd';
import { Dropdown } from 'antd';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';

import type { DoorCommandWord } from '../../api/client';
import { isSilenced } from '../../ui/door_look';
import { useRestart } from '../devices/restart';
import { useMay } from '../shell/me_context';
import type { useDoorCommands } from './door_commands';
import { all_commands } from './door_tile';
import type { TreeNode } from './door_tree';
import { devicesOf } from './door_tree';
import css from './live.module.css';
import type { StreamFilter } from './stream_filter';

export interface MenuPlace {
  left: number;
  top: number;
}

interface Props {
  node: TreeNode;
  at: MenuPlace;
  filter: StreamFilter;
  onFilter: (changed: Partial<StreamFilter>) => void;
  onShow: () => void;
  ask: ReturnType<typeof useDoorCommands>['ask'];
  onClose: () => void;
}

/** What can be done with all that a node stands for (manual, 6.4.3). */
export function NodeMenu({ node, at, filter, onFilter, onShow, ask, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const restart = useRestart();
  const seesDevices = useMay('devices', 'view');
  const mayRestart = useMay('devices', 'administer');
  const mayControl = useMay('doors', 'control');
  const { device, doors } = node;
  const ids = devicesOf(node);
  const stopped = ids.filter((id) => filter.stopped.includes(id));
  const others = filter.stopped.filter((id) => !ids.includes(id));
  const loud = doors.some((door) => door.state.alarms.length > 0 && !isSilenced(door.state));
  const has = (
    wanted: boolean,
    item: { key: string; label: string; danger?: boolean; disabled?: boolean },
  ) => (wanted ? [item] : []);
  const commands =
    mayControl && doors.length > 0
      ? all_commands
          .filter((command) => command !== 'silence' || loud)
          .map((command) => ({
            key: command,
            label: t(`commands.${command}`),
            danger: command === 'lockdown',
            disabled: !doors.some((door) => door.state.online),
          }))
      : [];
  const watching = seesDevices && node.kind !== 'door';
  const items: MenuProps['items'] = [
    ...has(node.kind !== 'door', { key: 'show', label: t('live.node_show') }),
    ...has(watching && stopped.length > 0, { key: 'start', label: t('live.node_start') }),
    ...has(watching && stopped.length < ids.length, { key: 'stop', label: t('live.node_stop') }),
    ...has(device !== null, { key: 'details', label: t('live.node_details') }),
    ...has(device !== null && mayRestart, {
      key: 'restart',
      label: t('upkeep.restart'),
      danger: true,
      disabled: device?.state !== 'online',
    }),
    ...(node.kind === 'door' || commands.length === 0
      ? commands
      : [
          { type: 'divider' as const },
          {
            key: 'doors',
            type: 'group' as const,
            label: t('live.node_doors', { count: doors.length }),
            children: commands,
          },
        ]),
  ];
  const steps: Record<string, () => void> = {
    show: onShow,
    start: () => onFilter({ stopped: others }),
    stop: () => onFilter({ stopped: [...others, ...ids] }),
    details: () => void navigate(`/devices?device=${node.id}`),
    restart: () => device && restart(device),
  };
  return createPortal(
    <Dropdown
      open
      autoFocus
      trigger={['click']}
      onOpenChange={(next) => !next && onClose()}
      menu={{
        items,
        onClick: ({ key }) => {
          onClose();
          (steps[key] ?? (() => ask(doors, key as DoorCommandWord)))();
        },
      }}
    >
      <i className={css.nodeAnchor} style={at} />
    </Dropdown>,
    document.body,
  );
}
