import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Checkbox, Drawer, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { EventKind, Webhook, WebhookDelivery } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { wordOf } from '../../ui/i18n';
import { SaveProblem } from '../../ui/opened';
import { outsideText } from '../../ui/outside_text';
import { Failure, Loading } from '../../ui/page';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import { Time } from '../../ui/site';
import { en } from '../../ui/words/en';
import { useMay } from '../shell/me_context';
import css from './integration.module.css';
import { ShownOnce } from './shown_once';

interface Typed {
  name: string;
  url: string;
  kinds: EventKind[];
  enabled: boolean;
}

const kinds = Object.keys(en.kinds) as EventKind[];
const refresh = () => void queryClient.invalidateQueries({ queryKey: ['webhooks'] });

/** A webhook is described; a new one shows its secret this once, one that is there its last attempts. */
export function WebhookDrawer({ webhook, onClose }: { webhook: Webhook | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayKeep = useMay('settings', 'administer');
  const [form] = Form.useForm<Typed>();
  const add = useMutation({
    mutationFn: (typed: Typed) => answerOf(api.POST('/webhooks', { body: typed })),
    onSuccess: refresh,
    onError: (error) => showFieldErrors(form, error),
  });
  const change = useMutation({
    mutationFn: (typed: Typed) =>
      answerOf(
        api.PATCH('/webhooks/{id}', {
          params: { path: { id: webhook!.id } },
          body: { ...typed, revision: webhook!.revision },
        }),
      ),
    onSuccess: () => {
      void message.success(t('common.saved'));
      refresh();
      onClose();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  if (add.data) {
    return (
      <Drawer open onClose={onClose} width={560} title={t('webhooks.made', { name: add.data.name })}>
        <ShownOnce hint={t('webhooks.made_hint')} secret={add.data.secret} copy={t('webhooks.copy')} />
      </Drawer>
    );
  }
  return (
    <Drawer
      open
      onClose={onClose}
      width={560}
      title={webhook?.name ?? t('webhooks.add')}
      extra={
        webhook &&
        mayKeep && (
          <Removal
            title={t('webhooks.remove', { name: webhook.name })}
            loss={t('webhooks.remove_hint')}
            remove={() => answerOf(api.DELETE('/webhooks/{id}', { params: { path: { id: webhook.id } } }))}
            stale="webhooks"
            onDone={onClose}
          />
        )
      }
    >
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!mayKeep}
        initialValues={{
          name: webhook?.name ?? '',
          url: webhook?.url ?? '',
          kinds: webhook?.kinds ?? [],
          enabled: webhook?.enabled ?? true,
        }}
        onFinish={(typed) => (webhook ? change : add).mutate(typed)}
      >
        <SaveProblem error={add.error ?? change.error} className={css.gap} />
        <Form.Item
          name="name"
          label={t('webhooks.name')}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} autoFocus={webhook === null} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="url"
          label={t('webhooks.url')}
          extra={t('webhooks.url_hint')}
          rules={[{ required: true, pattern: /^https:\/\/[^@\s]+$/, message: t('webhooks.url_bad') }]}
        >
          <Input maxLength={2048} inputMode="url" autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="kinds" label={t('webhooks.kinds')} extra={t('webhooks.kinds_hint')}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            placeholder={t('webhooks.all_kinds')}
            options={kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
          />
        </Form.Item>
        <Form.Item name="enabled" valuePropName="checked">
          <Checkbox>{t('webhooks.enabled')}</Checkbox>
        </Form.Item>
        {webhook && <Deliveries id={webhook.id} />}
        {mayKeep && <FormEnd busy={add.isPending || change.isPending} />}
      </Form>
    </Drawer>
  );
}

function Deliveries({ id }: { id: string }) {
  const { t } = useTranslation();
  const deliveries = useQuery({
    queryKey: ['deliveries', id],
    queryFn: async () =>
      (await answerOf(api.GET('/webhooks/{id}/deliveries', { params: { path: { id } } }))).items,
    refetchInterval: 5_000,
  });
  return (
    <section aria-label={t('webhooks.deliveries')}>
      <h3 className={css.deliveries}>{t('webhooks.deliveries')}</h3>
      {deliveries.isPending ? (
        <Loading rows={2} />
      ) : deliveries.error ? (
        <Failure error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      ) : deliveries.data.length === 0 ? (
        <p className="quiet">{t('webhooks.deliveries_none')}</p>
      ) : (
        <ol className={css.attempts}>
          {deliveries.data.map((one, place) => (
            <Attempt key={`${one.at} ${place}`} one={one} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Attempt({ one }: { one: WebhookDelivery }) {
  const { t } = useTranslation();
  const type = one.type.startsWith('event.')
    ? wordOf('kinds', one.type.slice('event.'.length))
    : t('webhooks.test_type');
  return (
    <li>
      <Time at={one.at} className="quiet" />
      <span className="cut">
        {type}
        {one.attempt > 1 && (
          <span className="quiet">
            {' '}
            · {t('webhooks.attempt')} {one.attempt}
          </span>
        )}
        {one.problem && <span className={css.problem}>{outsideText(one.problem)}</span>}
      </span>
      <span className="num quiet">{one.status ?? '–'}</span>
      <span className="num quiet">{one.took_ms} ms</span>
    </li>
  );
}
