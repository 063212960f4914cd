import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';

import type { PrivacyNotice, Retention } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { NumberField } from '../../ui/number_field';
import { Panel, Queried } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { useTimeText } from '../../ui/site';
import { useMay } from '../shell/me_context';
import css from './settings.module.css';

const kinds = ['events_days', 'photos_days', 'people_days', 'audit_days'] as const;

/** How long things are kept, and what people are told about it. */
export function RetentionPanel() {
  const { t } = useTranslation();
  const periods = useQuery({
    queryKey: ['settings', 'retention'],
    queryFn: () => answerOf(api.GET('/settings/retention')),
  });
  const notice = useQuery({
    queryKey: ['privacy-notice'],
    queryFn: () => answerOf(api.GET('/privacy-notice')),
  });
  return (
    <>
      <Panel title={t('retention.title')}>
        <Queried query={periods} rows={4}>
          {(data) => <Periods periods={data} />}
        </Queried>
      </Panel>
      <Panel title={t('notice.title')} actions={<Link to="/people/notice">{t('notice.show')}</Link>}>
        <Queried query={notice} rows={4}>
          {(data) => <Notice notice={data} />}
        </Queried>
      </Panel>
    </>
  );
}

function Periods({ periods }: { periods: Retention }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const textOf = useProblemText();
  const timeText = useTimeText();
  const mayAdminister = useMay('settings', 'administer');
  const [form] = Form.useForm<Retention>();
  const save = useMutation({
    mutationFn: (typed: Retention) =>
      answerOf(
        api.PATCH('/settings/retention', {
          body: Object.fromEntries(kinds.map((kind) => [kind, typed[kind] ?? null])),
        }),
      ),
    onSuccess: (changed) => {
      queryClient.setQueryData(['settings', 'retention'], changed);
      void queryClient.invalidateQueries({ queryKey: ['privacy-notice'] });
      void message.success(t('common.saved'));
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const ask = (typed: Retention) => {
    const shorter = kinds.some((kind) => typed[kind] && typed[kind] < (periods[kind] ?? Infinity));
    if (!shorter) return save.mutate(typed);
    modal.confirm({
      title: t('retention.confirm'),
      content: t('retention.confirm_hint'),
      okText: t('retention.confirm_yes'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () => save.mutate(typed),
    });
  };
  return (
    <Form<Retention>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayAdminister}
      initialValues={periods}
      onFinish={ask}
      className={css.form}
    >
      {save.error && (
        <Alert className={css.gap} type="error" showIcon message={textOf(save.error)} role="alert" />
      )}
      {periods.held_until && (
        <Alert
          className={css.gap}
          type="warning"
          showIcon
          message={t('retention.held', { time: timeText(periods.held_until) })}
        />
      )}
      <p className={`quiet ${css.gap}`}>{t('retention.hint')}</p>
      {kinds.map((kind) => (
        <Form.Item
          key={kind}
          label={t(`retention.${kind}`)}
          htmlFor={kind}
          extra={t(`retention.${kind}_hint`)}
        >
          <Form.Item name={kind} noStyle>
            <NumberField
              id={kind}
              min={1}
              max={36_500}
              precision={0}
              placeholder={t('notice.for_good')}
              addonAfter={t('sign_in_rules.days')}
            />
          </Form.Item>
        </Form.Item>
      ))}
      {mayAdminister && (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      )}
    </Form>
  );
}

type Typed = Pick<PrivacyNotice, 'en' | 'zh'>;

function Notice({ notice }: { notice: PrivacyNotice }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const mayAdminister = useMay('settings', 'administer');
  const save = useMutation({
    mutationFn: (body: Typed) => answerOf(api.PATCH('/privacy-notice', { body })),
    onSuccess: (changed) => {
      queryClient.setQueryData(['privacy-notice'], changed);
      void message.success(t('common.saved'));
    },
  });
  return (
    <Form<Typed>
      layout="vertical"
      requiredMark={false}
      disabled={!mayAdminister}
      initialValues={{ en: notice.en, zh: notice.zh }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.form}
    >
      {save.error && <Alert type="error" showIcon message={textOf(save.error)} role="alert" />}
      <p className={`quiet ${css.gap}`}>{t('notice.hint')}</p>
      <Form.Item name="en" label="English">
        <Input.TextArea maxLength={20_000} autoSize={{ minRows: 3, maxRows: 12 }} />
      </Form.Item>
      <Form.Item name="zh" label="中文">
        <Input.TextArea maxLength={20_000} autoSize={{ minRows: 3, maxRows: 12 }} />
      </Form.Item>
      {mayAdminister && (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      )}
    </Form>
  );
}
