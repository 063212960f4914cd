import { useTranslation } from 'react-i18next';

import { endingOf } from './certificate_end';
import { StateWord } from './marks';

/** Nothing, as long as the certificate is good for more than thirty days. */
export function CertificateWord({ until }: { until: string | null }) {
  const { t } = useTranslation();
  const ending = endingOf(until);
  if (ending === null) return null;
  if (ending.state === 'over') return <StateWord look="bad">{t('services.certificate_over')}</StateWord>;
  return <StateWord look="waiting">{t('services.certificate_soon', { count: ending.days })}</StateWord>;
}
