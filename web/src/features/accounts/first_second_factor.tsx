import { Button } from 'antd';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { endSession, queryClient } from '../../api/queries';
import css from '../entry/entry.module.css';
import { EntryFrame } from '../entry/entry_frame';
import { SecondFactorSetUp } from './second_factor_set_up';

/** Before anything else, where the site asks for it. */
export default function FirstSecondFactor() {
  const { t } = useTranslation();
  const signOut = async () => {
    await answerOf(api.DELETE('/sessions/current')).catch(() => undefined);
    endSession();
  };
  return (
    <EntryFrame title={t('second_factor.needed')} lead={t('second_factor.needed_hint')}>
      <SecondFactorSetUp onDone={() => void queryClient.invalidateQueries()} />
      <Button type="link" className={css.link} onClick={() => void signOut()}>
        {t('shell.sign_out')}
      </Button>
    </EntryFrame>
  );
}
