import {
  AppstoreOutlined,
  AuditOutlined,
  HddOutlined,
  KeyOutlined,
  SettingOutlined,
  TeamOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';

import type { Right } from '../../api/client';

export type PageName = 'live' | 'events' | 'people' | 'permissions' | 'devices' | 'audit' | 'settings';

interface PageEntry {
  name: PageName;
  path: string;
  icon: ComponentType;
  needs: Right;
  part: 'watch' | 'manage' | 'system';
}

export const pages: PageEntry[] = [
  { name: 'live', path: '/live', icon: AppstoreOutlined, needs: 'view', part: 'watch' },
  { name: 'events', path: '/events', icon: UnorderedListOutlined, needs: 'view', part: 'watch' },
  { name: 'people', path: '/people', icon: TeamOutlined, needs: 'view', part: 'manage' },
  { name: 'permissions', path: '/permissions', icon: KeyOutlined, needs: 'view', part: 'manage' },
  { name: 'devices', path: '/devices', icon: HddOutlined, needs: 'view', part: 'manage' },
  { name: 'audit', path: '/audit', icon: AuditOutlined, needs: 'administer', part: 'system' },
  { name: 'settings', path: '/settings', icon: SettingOutlined, needs: 'view', part: 'system' },
];
