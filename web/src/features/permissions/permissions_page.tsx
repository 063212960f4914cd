import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router-dom';

import { Page } from '../../ui/page';
import { GroupsView } from './groups_view';
import { TemplatesView } from './templates_view';

type View = 'groups' | 'templates';

export default function PermissionsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const view: View = useLocation().pathname.endsWith('/templates') ? 'templates' : 'groups';
  const switcher = (
    <Segmented<View>
      aria-label={t('pages.permissions')}
      value={view}
      onChange={(next) => navigate(next === 'groups' ? '/permissions' : '/permissions/templates')}
      options={[
        { value: 'groups', label: t('permissions.groups') },
        { value: 'templates', label: t('permissions.templates') },
      ]}
    />
  );
  return (
    <Page title={t('pages.permissions')} note={switcher}>
      {view === 'groups' ? <GroupsView /> : <TemplatesView />}
    </Page>
  );
}
