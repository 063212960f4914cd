import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router-dom';

import { Page } from '../../ui/page';
import { GroupsView } from './groups_view';
import { HolidaysView } from './holidays_view';
import { PublicPasswordsView } from './public_passwords_view';
import { TemplatesView } from './templates_view';

type View = 'groups' | 'templates' | 'holidays' | 'passwords';
const places: Record<View, string> = {
  groups: '/permissions',
  templates: '/permissions/templates',
  holidays: '/permissions/holidays',
  passwords: '/permissions/public-passwords',
};

export default function PermissionsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const view = (Object.keys(places) as View[]).find((name) => places[name] === pathname) ?? 'groups';
  const switcher = (
    <Segmented<View>
      aria-label={t('pages.permissions')}
      value={view}
      onChange={(next) => navigate(places[next])}
      options={[
        { value: 'groups', label: t('permissions.groups') },
        { value: 'templates', label: t('permissions.templates') },
        { value: 'holidays', label: t('holidays.title') },
        { value: 'passwords', label: t('public_passwords.title') },
      ]}
    />
  );
  return (
    <Page title={t('pages.permissions')} note={switcher}>
      {view === 'groups' && <GroupsView />}
      {view === 'templates' && <TemplatesView />}
      {view === 'holidays' && <HolidaysView />}
      {view === 'passwords' && <PublicPasswordsView />}
    </Page>
  );
}
