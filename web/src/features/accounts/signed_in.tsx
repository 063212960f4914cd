import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';

import type { LockoutKind } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { agentText } from '../../ui/agent';
import { Failure, Loading, Panel } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { Time } from '../../ui/site';
import { useMay } from '../shell/me_context';
import css from './accounts.module.css';

/** Who is signed in, and who is locked out. */
export function SignedIn() {
  return (
    <div className={css.parts}>
      <Sessions />
      <Lockouts />
    </div>
  );
}

function useEnding<T>(work: (what: T) => Promise<unknown>, key: string) {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const textOf = useProblemText();
  return useMutation({
    mutationFn: work,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [key] }),
    onError: (error) => notification.error({ message: t('common.failed'), description: textOf(error) }),
  });
}

function Sessions() {
  const { t } = useTranslation();
  const mayKeep = useMay('accounts', 'administer');
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () => answerOf(api.GET('/sessions', { params: { query: { limit: 1000 } } })),
  });
  const end = useEnding(
    (id: string) => answerOf(api.DELETE('/sessions/{id}', { params: { path: { id } } })),
    'sessions',
  );
  return (
    <Panel title={t('settings.sessions')}>
      {sessions.isPending ? (
        <Loading rows={2} />
      ) : sessions.error ? (
        <Failure error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : (
        <div className={css.scroll} tabIndex={0} role="group" aria-label={t('settings.sessions')}>
          <table className={`${css.table} ${css.sessions}`}>
            <thead>
              <tr>
                <th scope="col">{t('audit.account')}</th>
                <th scope="col">{t('settings.address')}</th>
                <th scope="col">{t('settings.agent')}</th>
                <th scope="col">{t('settings.since')}</th>
                <th scope="col">{t('settings.last_seen')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {sessions.data.items.map((session) => (
                <tr key={session.id}>
                  <td>
                    <b>{session.account}</b>
                    {session.current && <span className="quiet"> ({t('settings.current')})</span>}
                  </td>
                  <td className="num">{session.address}</td>
                  <td className={css.agent} title={session.agent}>
                    {agentText(session.agent)}
                  </td>
                  <td>
                    <Time at={session.since} />
                  </td>
                  <td>
                    <Time at={session.last_seen} />
                    {session.kept && <span className="quiet"> · {t('stay.kept')}</span>}
                  </td>
                  <td>
                    {mayKeep && !session.current && (
                      <Button size="small" onClick={() => end.mutate(session.id)}>
                        {t('accounts.end')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Lockouts() {
  const { t } = useTranslation();
  const mayKeep = useMay('accounts', 'administer');
  const lockouts = useQuery({
    queryKey: ['lockouts'],
    queryFn: () => answerOf(api.GET('/lockouts')),
    refetchInterval: 10_000,
  });
  const lift = useEnding(
    (body: { kind: LockoutKind; subject: string }) => answerOf(api.POST('/lockouts/lift', { body })),
    'lockouts',
  );
  return (
    <Panel title={t('accounts.lockouts')}>
      {lockouts.isPending ? (
        <Loading rows={1} />
      ) : lockouts.error ? (
        <Failure error={lockouts.error} onRetry={() => void lockouts.refetch()} />
      ) : lockouts.data.items.length === 0 ? (
        <p className={`quiet ${css.padded}`}>{t('accounts.lockouts_none')}</p>
      ) : (
        <div className={css.scroll} tabIndex={0} role="group" aria-label={t('accounts.lockouts')}>
          <table className={css.table}>
            <tbody>
              {lockouts.data.items.map(({ kind, subject, locked_until }) => (
                <tr key={`${kind} ${subject}`}>
                  <td>{t(`accounts.lockout_${kind}`)}</td>
                  <td>
                    <b>{subject}</b>
                  </td>
                  <td>
                    {t('accounts.locked_until')} <Time at={locked_until} />
                  </td>
                  <td>
                    {mayKeep && (
                      <Button size="small" onClick={() => lift.mutate({ kind, subject })}>
                        {t('accounts.lift')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
