import { Alert, Button, Form, Input } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { useProblemText } from '../../ui/problem_text';
import { EntryFrame } from './entry_frame';
import css from './entry.module.css';

interface Typed {
  account: string;
  password: string;
}

export default function SignIn() {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const signIn = useMutation({
    mutationFn: (typed: Typed) => answerOf(api.POST('/sessions', { body: typed })),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  useEffect(() => {
    document.title = `${t('entry.sign_in')} · Sallyport`;
  }, [t]);

  return (
    <EntryFrame title={t('entry.sign_in')}>
      <Form<Typed>
        layout="vertical"
        requiredMark={false}
        initialValues={{ account: '', password: '' }}
        onFinish={(typed) => signIn.mutate({ ...typed, account: typed.account.trim() })}
      >
        {signIn.error && (
          <Alert className={css.alert} type="error" showIcon role="alert" message={textOf(signIn.error)} />
        )}
        <Form.Item
          name="account"
          label={t('entry.account')}
          rules={[{ required: true, message: t('entry.account_missing') }]}
        >
          <Input autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false} maxLength={32} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('entry.password')}
          rules={[{ required: true, message: t('entry.password_missing') }]}
        >
          <Input.Password autoComplete="current-password" maxLength={128} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('entry.sign_in')}
        </Button>
      </Form>
      <p className={css.below}>
        {t('entry.forgotten')} <code className="mono">sallyport reset-admin</code>
      </p>
    </EntryFrame>
  );
}
