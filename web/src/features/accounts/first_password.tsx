import { useTranslation } from 'react-i18next';

import { queryClient } from '../../api/queries';
import css from '../entry/entry.module.css';
import { EntryFrame } from '../entry/entry_frame';
import { PasswordForm } from './password_form';

/** Before anything else: a password that nobody else knows. */
export default function FirstPassword({ account }: { account: string }) {
  const { t } = useTranslation();
  return (
    <EntryFrame title={t('account.first')}>
      <p className={css.below}>{t('account.first_hint')}</p>
      <PasswordForm account={account} onDone={() => void queryClient.invalidateQueries()} />
    </EntryFrame>
  );
}
