import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';

import type { SignInRules } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { NumberField } from '../../ui/number_field';
import { Panel, Queried } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { useAccount, useMay } from '../shell/me_context';
import css from './settings.module.css';

const factors = ['nobody', 'administrators', 'everybody'] as const;

/** What the site asks of everybody who signs in. */
export function SignInPanel() {
  const { t } = useTranslation();
  const rules = useQuery({
    queryKey: ['settings', 'sign-in'],
    queryFn: () => answerOf(api.GET('/settings/sign-in')),
  });
  return (
    <Panel title={t('sign_in_rules.title')}>
      <Queried query={rules} rows={3}>
        {(data) => <Rules rules={data} />}
      </Queried>
    </Panel>
  );
}

interface Typed {
  second_factor: SignInRules['second_factor'];
  may_stay: boolean;
  password_reminder_days: number;
}

function Rules({ rules }: { rules: SignInRules }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const me = useAccount();
  const mayAdminister = useMay('settings', 'administer');
  const [form] = Form.useForm<Typed>();
  const factor = Form.useWatch('second_factor', form);
  const save = useMutation({
    mutationFn: ({ may_stay, ...typed }: Typed) =>
      answerOf(
        api.PATCH('/settings/sign-in', {
          body: { ...typed, staying_signed_in: may_stay ? 'allowed' : 'forbidden' },
        }),
      ),
    onSuccess: (changed) => {
      queryClient.setQueryData(['settings', 'sign-in'], changed);
      void message.success(t('common.saved'));
      for (const key of ['me', 'setup']) void queryClient.invalidateQueries({ queryKey: [key] });
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayAdminister}
      initialValues={{ ...rules, may_stay: rules.staying_signed_in === 'allowed' }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.form}
    >
      {save.error && (
        <Alert className={css.gap} type="error" showIcon message={textOf(save.error)} role="alert" />
      )}
      <Form.Item
        name="second_factor"
        label={t('sign_in_rules.second_factor')}
        extra={t(
          factor === 'administrators'
            ? 'sign_in_rules.administrators_hint'
            : 'sign_in_rules.second_factor_hint',
        )}
      >
        <Select options={factors.map((value) => ({ value, label: t(`sign_in_rules.${value}`) }))} />
      </Form.Item>
      {me.second_factor === 'none' && factor !== undefined && factor !== 'nobody' && (
        <Alert className={css.gap} type="warning" showIcon message={t('sign_in_rules.own_warning')} />
      )}
      <Form.Item
        label={t('sign_in_rules.reminder')}
        htmlFor="password_reminder_days"
        extra={t('sign_in_rules.reminder_hint')}
      >
        <Form.Item name="password_reminder_days" noStyle rules={[{ required: true }]}>
          <NumberField min={0} max={3650} precision={0} addonAfter={t('sign_in_rules.days')} />
        </Form.Item>
      </Form.Item>
      <Form.Item extra={t('sign_in_rules.staying_hint')}>
        <label className={css.choice}>
          <span>{t('sign_in_rules.staying')}</span>
          <Form.Item name="may_stay" valuePropName="checked" noStyle>
            <Switch aria-label={t('sign_in_rules.staying')} />
          </Form.Item>
        </label>
      </Form.Item>
      {mayAdminister && (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      )}
    </Form>
  );
}
