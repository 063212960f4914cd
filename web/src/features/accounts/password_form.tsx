import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { NewPasswordField, SamePasswordField } from '../entry/password_field';

interface Typed {
  old: string;
  password: string;
}

/** The password of now, then the new one with the policy beside it. */
export function PasswordForm({ account, onDone }: { account: string; onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<Typed>();
  const change = useMutation({
    mutationFn: ({ old, password }: Typed) => answerOf(api.POST('/me/password', { body: { old, password } })),
    onSuccess: () => {
      form.resetFields();
      onDone();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ old: '', password: '' }}
      onFinish={(typed) => change.mutate(typed)}
    >
      {change.error && (
        <Alert
          type="error"
          showIcon
          role="alert"
          message={textOf(change.error)}
          style={{ marginBottom: 14 }}
        />
      )}
      <Form.Item
        name="old"
        label={t('account.old')}
        rules={[{ required: true, message: t('entry.password_missing') }]}
      >
        <Input.Password autoComplete="current-password" maxLength={128} autoFocus />
      </Form.Item>
      <NewPasswordField name="password" label={t('entry.password_new')} account={account} />
      <SamePasswordField as="password" />
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t('account.change')}
      </Button>
    </Form>
  );
}
