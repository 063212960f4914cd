import { PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Webhook } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useWebhooks } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Opened } from '../../ui/opened';
import { outsideText } from '../../ui/outside_text';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { useTimeText } from '../../ui/site';
import { useMay } from '../shell/me_context';
import css from './integration.module.css';
import { WebhookDrawer } from './webhook_drawer';

/** Where events are sent, and whether they arrive. */
export function WebhooksPanel() {
  const { t } = useTranslation();
  const webhooks = useWebhooks(true);
  const mayKeep = useMay('settings', 'administer');
  const [open, setOpen] = useState<string | 'new' | null>(null);
  const add = mayKeep && (
    <Button icon={<PlusOutlined />} onClick={() => setOpen('new')}>
      {t('webhooks.add')}
    </Button>
  );
  return (
    <Panel title={t('webhooks.title')} actions={webhooks.data?.length ? add : undefined}>
      <p className={`quiet ${css.hint}`}>{t('webhooks.hint')}</p>
      {webhooks.isPending ? (
        <Loading rows={2} />
      ) : webhooks.error ? (
        <Failure error={webhooks.error} onRetry={() => void webhooks.refetch()} />
      ) : webhooks.data.length === 0 ? (
        <Empty title={t('webhooks.none')} action={add}>
          {t('webhooks.none_hint')}
        </Empty>
      ) : (
        <ul className={css.list}>
          {webhooks.data.map((webhook) => (
            <Line key={webhook.id} webhook={webhook} onOpen={() => setOpen(webhook.id)} />
          ))}
        </ul>
      )}
      {open && (
        <Opened
          key={open}
          now={webhooks.data?.find(({ id }) => id === open) ?? null}
          load={() => answerOf(api.GET('/webhooks/{id}', { params: { path: { id: open } } }))}
        >
          {(webhook) => <WebhookDrawer webhook={webhook} onClose={() => setOpen(null)} />}
        </Opened>
      )}
    </Panel>
  );
}

function Line({ webhook, onOpen }: { webhook: Webhook; onOpen: () => void }) {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const textOf = useProblemText();
  const mayKeep = useMay('settings', 'administer');
  const kinds = webhook.kinds.map((kind) => t(`kinds.${kind}`)).join(', ');
  const test = useMutation({
    mutationFn: () => answerOf(api.POST('/webhooks/{id}/test', { params: { path: { id: webhook.id } } })),
    onSuccess: ({ problem, status, took_ms }) => {
      if (problem)
        notification.error({ message: t('webhooks.test_failed'), description: outsideText(problem) });
      else void message.success(t('webhooks.test_taken', { status: status ?? '', took: took_ms }));
      void queryClient.invalidateQueries({ queryKey: ['deliveries', webhook.id] });
    },
    onError: (error) => notification.error({ message: t('common.failed'), description: textOf(error) }),
  });
  return (
    <li className={css.item} aria-label={webhook.name}>
      <div className={css.what}>
        <button type="button" className={css.open} onClick={onOpen}>
          {webhook.name}
        </button>
        <span className="quiet cut" title={webhook.url}>
          {webhook.url}
        </span>
        <span className="quiet">{kinds || t('webhooks.all_kinds')}</span>
      </div>
      <div className={css.state}>
        <WebhookState webhook={webhook} />
        {webhook.problem && <span className="quiet">{outsideText(webhook.problem)}</span>}
      </div>
      {mayKeep && (
        <Button size="small" onClick={() => test.mutate()} loading={test.isPending}>
          {t('webhooks.test')}
        </Button>
      )}
    </li>
  );
}

function WebhookState({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const timeText = useTimeText();
  const { state, failing_since, given_up_at } = webhook;
  if (state === 'ok') return <StateWord look="good">{t('webhooks.state_ok')}</StateWord>;
  if (state === 'off') return <StateWord look="off">{t('webhooks.state_off')}</StateWord>;
  if (state === 'failing')
    return (
      <StateWord look="waiting">
        {t('webhooks.state_failing', { time: failing_since ? timeText(failing_since) : '' })}
      </StateWord>
    );
  return (
    <StateWord look="bad">
      {t('webhooks.state_given_up', { time: given_up_at ? timeText(given_up_at) : '' })}
    </StateWord>
  );
}
