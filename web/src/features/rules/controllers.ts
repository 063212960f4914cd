import { useTranslation } from 'react-i18next';

import type { Door } from '../../api/client';
import { useDevices, useDoors } from '../../api/queries';
import { useMay } from '../shell/me_context';

export interface Controller {
  id: string;
  name: string;
  doors: Door[];
}

/**
 * The controllers that know rules, with their doors by number; one that is not seen is called after its
 * doors. Those in clear have no words for rules.
 */
export function useControllers(): Controller[] {
  const { t } = useTranslation();
  const doors = useDoors();
  const devices = useDevices(useMay('devices', 'view'));
  const inClear = new Set(devices.data?.filter((one) => one.connection === 'in_clear').map((one) => one.id));
  const byDevice = new Map<string, Door[]>();
  for (const door of (doors.data ?? []).filter((one) => !inClear.has(one.device_id)))
    byDevice.set(door.device_id, [...(byDevice.get(door.device_id) ?? []), door]);
  const nameOf = (id: string, own: Door[]) =>
    devices.data?.find((device) => device.id === id)?.name ??
    t('rules.controller_of', { doors: own.map((door) => door.name).join(', ') });
  return [...byDevice]
    .map(([id, own]) => ({
      id,
      name: nameOf(id, own),
      doors: own.sort((a, b) => a.number - b.number),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
