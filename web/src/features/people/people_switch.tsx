import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';

type View = 'people' | 'cards' | 'former';
const places: Record<View, string> = { people: '/people', cards: '/people/cards', former: '/people/former' };

/** The lists of the people's page. */
export function PeopleSwitch({ view }: { view: View }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Segmented<View>
      aria-label={t('pages.people')}
      value={view}
      onChange={(next) => navigate(places[next])}
      options={(Object.keys(places) as View[]).map((name) => ({
        value: name,
        label: t(`cards.view_${name}`),
      }))}
    />
  );
}
