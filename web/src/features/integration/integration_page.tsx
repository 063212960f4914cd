import { useTranslation } from 'react-i18next';

import { Page } from '../../ui/page';
import { useMay, useWholeSite } from '../shell/me_context';
import css from './integration.module.css';
import { OutletsPanel } from './outlets_panel';
import { TokensPanel } from './tokens_panel';
import { WebhooksPanel } from './webhooks_panel';

/** What other programs use of this platform. */
export default function IntegrationPage() {
  const { t } = useTranslation();
  const maySee = useMay('settings', 'view');
  const whole = useWholeSite();
  return (
    <Page title={t('pages.integration')}>
      <div className={css.parts}>
        <TokensPanel />
        {maySee && whole && <WebhooksPanel />}
        {maySee && whole && <OutletsPanel />}
      </div>
    </Page>
  );
}
