import {
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  ControlOutlined,
  DashboardOutlined,
  EnvironmentOutlined,
  HddOutlined,
  KeyOutlined,
  SafetyOutlined,
  SettingOutlined,
  TeamOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';

import type { Rights } from '../../api/client';
import type { PlatformFunction } from './me_context';
import { may } from './me_context';

export type PageName =
  | 'live'
  | 'map'
  | 'events'
  | 'people'
  | 'permissions'
  | 'rules'
  | 'devices'
  | 'accounts'
  | 'audit'
  | 'integration'
  | 'services'
  | 'settings';

interface PageEntry {
  name: PageName;
  path: string;
  icon: ComponentType;
  /** What of it is seen with; none: everybody's. */
  needs: PlatformFunction | null;
  part: 'watch' | 'manage' | 'system';
}

export const pages: PageEntry[] = [
  { name: 'live', path: '/live', icon: AppstoreOutlined, needs: 'doors', part: 'watch' },
  { name: 'map', path: '/map', icon: EnvironmentOutlined, needs: 'doors', part: 'watch' },
  { name: 'events', path: '/events', icon: UnorderedListOutlined, needs: 'events', part: 'watch' },
  { name: 'people', path: '/people', icon: TeamOutlined, needs: 'people', part: 'manage' },
  { name: 'permissions', path: '/permissions', icon: KeyOutlined, needs: 'permissions', part: 'manage' },
  { name: 'rules', path: '/rules', icon: ControlOutlined, needs: 'doors', part: 'manage' },
  { name: 'devices', path: '/devices', icon: HddOutlined, needs: 'devices', part: 'manage' },
  { name: 'accounts', path: '/accounts', icon: SafetyOutlined, needs: 'accounts', part: 'system' },
  { name: 'audit', path: '/audit', icon: AuditOutlined, needs: 'audit', part: 'system' },
  { name: 'integration', path: '/integration', icon: ApiOutlined, needs: null, part: 'system' },
  { name: 'services', path: '/services', icon: DashboardOutlined, needs: 'settings', part: 'system' },
  { name: 'settings', path: '/settings', icon: SettingOutlined, needs: null, part: 'system' },
];

export const mayOpen = (rights: Rights, page: PageEntry): boolean =>
  page.needs === null || may(rights, page.needs, 'view');
