import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router-dom';

import { Page } from '../../ui/page';
import { AreasView } from './areas_view';
import { DoorsView } from './doors_view';
import { InterlocksView } from './interlocks_view';

type View = 'doors' | 'areas' | 'interlocks';
const places: Record<View, string> = {
  doors: '/rules',
  areas: '/rules/areas',
  interlocks: '/rules/interlocks',
};

/** What doors do besides asking who may open them when. */
export default function RulesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const views = Object.keys(places) as View[];
  const view = views.find((name) => places[name] === pathname) ?? 'doors';
  const switcher = (
    <Segmented<View>
      aria-label={t('pages.rules')}
      value={view}
      onChange={(next) => navigate(places[next])}
      options={views.map((one) => ({ value: one, label: t(`rules.view_${one}`) }))}
    />
  );
  return (
    <Page title={t('pages.rules')} note={switcher}>
      {view === 'doors' && <DoorsView />}
      {view === 'areas' && <AreasView />}
      {view === 'interlocks' && <InterlocksView />}
    </Page>
  );
}
