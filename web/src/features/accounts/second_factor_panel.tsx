import { useQuery } from '@tanstack/react-query';
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Failure, Loading, Panel } from '../../ui/page';
import { Time } from '../../ui/site';
import css from './accounts.module.css';
import { RecoveryCodes } from './recovery_codes';
import { OwnPassword, SecondFactorSetUp } from './second_factor_set_up';

type Doing = 'begin' | 'renew' | 'remove';

/** One's own second factor: off, or on since when and with how many recovery codes. */
export function SecondFactorPanel() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [doing, setDoing] = useState<Doing | null>(null);
  const factor = useQuery({
    queryKey: ['me', 'second-factor'],
    queryFn: () => answerOf(api.GET('/me/second-factor')),
  });
  const done = () => {
    setDoing(null);
    void queryClient.invalidateQueries({ queryKey: ['me'] });
  };
  return (
    <Panel title={t('second_factor.title')}>
      <div className={css.padded}>
        {factor.isPending ? (
          <Loading rows={2} />
        ) : factor.error ? (
          <Failure error={factor.error} onRetry={() => void factor.refetch()} />
        ) : factor.data.on ? (
          <>
            <p>
              <StateWord look="good">{t('second_factor.on_since')}</StateWord>{' '}
              <Time at={factor.data.since!} />
              <span className="quiet">
                {' · '}
                {t('second_factor.codes_left', { count: factor.data.recovery_codes })}
              </span>
            </p>
            <div className={css.actions}>
              <Button onClick={() => setDoing('renew')}>{t('second_factor.renew')}</Button>
              <Button danger onClick={() => setDoing('remove')}>
                {t('second_factor.remove')}
              </Button>
            </div>
          </>
        ) : (
          <>
            <p className="quiet">{t('second_factor.off_hint')}</p>
            <div className={css.actions}>
              <Button type="primary" onClick={() => setDoing('begin')}>
                {t('second_factor.begin')}
              </Button>
            </div>
          </>
        )}
      </div>
      <Modal
        open={doing !== null}
        title={t(doing === 'begin' ? 'second_factor.title' : `second_factor.${doing ?? 'renew'}`)}
        footer={null}
        onCancel={done}
        maskClosable={false}
        destroyOnHidden
      >
        {doing === 'begin' && <SecondFactorSetUp onDone={done} />}
        {doing === 'renew' && <Renewal onDone={done} />}
        {doing === 'remove' && (
          <>
            <p className="quiet">{t('second_factor.remove_hint')}</p>
            <OwnPassword
              label={t('second_factor.remove')}
              danger
              work={(password) => answerOf(api.POST('/me/second-factor/remove', { body: { password } }))}
              onDone={() => {
                void message.success(t('second_factor.removed'));
                done();
              }}
            />
          </>
        )}
      </Modal>
    </Panel>
  );
}

function Renewal({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <RecoveryCodes codes={codes} onKept={onDone} />;
  return (
    <>
      <p className="quiet">{t('second_factor.renew_hint')}</p>
      <OwnPassword
        label={t('second_factor.renew')}
        work={(password) => answerOf(api.POST('/me/second-factor/recovery-codes', { body: { password } }))}
        onDone={({ recovery_codes }) => setCodes(recovery_codes)}
      />
    </>
  );
}
