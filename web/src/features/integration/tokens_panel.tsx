import { PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Rights, Token } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useTokens } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { Time } from '../../ui/site';
import { platform_functions, useAccount, useMay } from '../shell/me_context';
import css from './integration.module.css';
import { TokenDrawer } from './token_drawer';

/** Which tokens there are, what each may and when it was used. */
export function TokensPanel() {
  const { t } = useTranslation();
  const tokens = useTokens();
  const [adding, setAdding] = useState(false);
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t('tokens.add')}
    </Button>
  );
  return (
    <Panel title={t('tokens.title')} actions={tokens.data?.length ? add : undefined}>
      <p className={`quiet ${css.hint}`}>{t('tokens.hint')}</p>
      {tokens.isPending ? (
        <Loading rows={2} />
      ) : tokens.error ? (
        <Failure error={tokens.error} onRetry={() => void tokens.refetch()} />
      ) : tokens.data.length === 0 ? (
        <Empty title={t('tokens.none')} action={add}>
          {t('tokens.none_hint')}
        </Empty>
      ) : (
        <ul className={css.list}>
          {tokens.data.map((token) => (
            <Line key={token.id} token={token} />
          ))}
        </ul>
      )}
      {adding && <TokenDrawer onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function useRightsText(): (rights: Rights) => string {
  const { t } = useTranslation();
  return (rights) =>
    platform_functions
      .filter((what) => (rights[what] ?? 'none') !== 'none')
      .map((what) =>
        t('common.named', {
          name: t(`functions.${what}`),
          value: t(`right_levels.${rights[what] ?? 'none'}`),
        }),
      )
      .join(' · ');
}

function Line({ token }: { token: Token }) {
  const { t } = useTranslation();
  const { message, modal, notification } = App.useApp();
  const textOf = useProblemText();
  const rightsText = useRightsText();
  const { account } = useAccount();
  const mayKeepOthers = useMay('accounts', 'administer');
  const own = token.account === account;
  const part = token.areas !== null || token.departments !== null;
  const ended = token.expires_at !== null && new Date(token.expires_at) <= new Date();
  const revoke = useMutation({
    mutationFn: () => answerOf(api.DELETE('/tokens/{id}', { params: { path: { id: token.id } } })),
    onSuccess: () => {
      void message.success(t('tokens.revoked'));
      void queryClient.invalidateQueries({ queryKey: ['tokens'] });
    },
    onError: (error) => notification.error({ message: t('common.failed'), description: textOf(error) }),
  });
  const ask = () =>
    modal.confirm({
      title: t('tokens.revoke_ask', { name: token.name }),
      content: t('tokens.revoke_hint'),
      okText: t('tokens.revoke'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () => revoke.mutateAsync().catch(() => undefined),
    });
  return (
    <li className={css.item} aria-label={token.name}>
      <div className={css.what}>
        <b className="cut">{token.name}</b>
        <span className="quiet">
          {rightsText(token.rights) || t('tokens.may_nothing')}
          {part && ` (${t('tokens.part')})`}
        </span>
      </div>
      <dl className={css.facts}>
        {!own && (
          <div>
            <dt>{t('tokens.of')}</dt>
            <dd>{token.account}</dd>
          </div>
        )}
        <div>
          <dt>{t('tokens.used')}</dt>
          <dd title={token.used_from ? t('tokens.used_from', { address: token.used_from }) : undefined}>
            {token.used_at ? <Time at={token.used_at} /> : t('tokens.not_used')}
          </dd>
        </div>
        <div>
          <dt>{t('tokens.expires')}</dt>
          <dd>
            {ended ? (
              <StateWord look="bad">{t('tokens.expired')}</StateWord>
            ) : token.expires_at ? (
              <Time at={token.expires_at} />
            ) : (
              t('tokens.expires_never')
            )}
          </dd>
        </div>
      </dl>
      {(own || mayKeepOthers) && (
        <Button size="small" danger onClick={ask} loading={revoke.isPending}>
          {t('tokens.revoke')}
        </Button>
      )}
    </li>
  );
}
