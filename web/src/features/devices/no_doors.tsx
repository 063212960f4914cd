import { useTranslation } from 'react-i18next';

import { LinkButton } from '../../ui/link_button';
import { Empty } from '../../ui/page';

/** In place of doors, before the first device brings some. */
export function NoDoors() {
  const { t } = useTranslation();
  return (
    <Empty
      title={t('live.no_doors')}
      action={
        <LinkButton to="/devices?add=1" type="primary">
          {t('live.to_devices')}
        </LinkButton>
      }
    >
      {t('live.no_doors_hint')}
    </Empty>
  );
}
