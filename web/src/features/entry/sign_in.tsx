import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Form, Input } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { useProblemText } from '../../ui/problem_text';
import { EntryFrame } from './entry_frame';
import css from './entry.module.css';

interface Typed {
  account: string;
  password: string;
  stay?: boolean;
}

// Only few forget it: its parts are fetched when somebody has.
const Forgotten = lazy(() => import('./forgotten'));

type Step = 'password' | 'code' | 'forgotten' | 'changed';

/** The password, then the code of who has a second factor. */
export default function SignIn({ mayStay }: { mayStay: boolean }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>('password');
  const [typed, setTyped] = useState<Typed>({ account: '', password: '' });
  const signIn = useMutation({
    mutationFn: (body: Typed & { code?: string }) => answerOf(api.POST('/sessions', { body })),
    onSuccess: () => queryClient.invalidateQueries(),
    onError: (error) => {
      if (error instanceof Problem && error.code === 'second_factor_needed') setStep('code');
    },
  });
  useEffect(() => {
    document.title = `${t('entry.sign_in')} · Sallyport`;
  }, [t]);
  const begin = (values: Typed) => {
    const body = { ...values, account: values.account.trim(), stay: mayStay && values.stay === true };
    setTyped(body);
    signIn.mutate(body);
  };
  const turnTo = (next: Step) => {
    signIn.reset();
    setStep(next);
  };
  if (step === 'forgotten')
    return (
      <Suspense fallback={null}>
        <Forgotten onBack={() => turnTo('password')} onDone={() => turnTo('changed')} />
      </Suspense>
    );
  if (step === 'code') {
    return (
      <CodeStep
        error={
          signIn.error instanceof Problem && signIn.error.code === 'second_factor_needed'
            ? null
            : signIn.error
        }
        pending={signIn.isPending}
        onCode={(code) => signIn.mutate({ ...typed, code })}
        onBack={() => turnTo('password')}
      />
    );
  }
  return (
    <PasswordStep
      mayStay={mayStay}
      changed={step === 'changed'}
      typed={typed}
      error={signIn.error}
      pending={signIn.isPending}
      onTyped={begin}
      onForgotten={() => turnTo('forgotten')}
    />
  );
}

interface PasswordProps {
  mayStay: boolean;
  changed: boolean;
  typed: Typed;
  error: unknown;
  pending: boolean;
  onTyped: (typed: Typed) => void;
  onForgotten: () => void;
}

function PasswordStep({ mayStay, changed, typed, error, pending, onTyped, onForgotten }: PasswordProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  return (
    <EntryFrame title={t('entry.sign_in')}>
      <Form<Typed>
        layout="vertical"
        requiredMark={false}
        initialValues={{ account: typed.account, password: '', stay: false }}
        onFinish={onTyped}
      >
        {changed && <Alert className={css.alert} type="success" showIcon message={t('forgotten.done')} />}
        {error !== null && (
          <Alert className={css.alert} type="error" showIcon role="alert" message={textOf(error)} />
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
        {mayStay && (
          <Form.Item name="stay" valuePropName="checked">
            <Checkbox>{t('stay.label')}</Checkbox>
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block loading={pending}>
          {t('entry.sign_in')}
        </Button>
      </Form>
      <Button type="link" className={css.link} onClick={onForgotten}>
        {t('forgotten.link')}
      </Button>
    </EntryFrame>
  );
}

interface CodeProps {
  error: unknown;
  pending: boolean;
  onCode: (code: string) => void;
  onBack: () => void;
}

function CodeStep({ error, pending, onCode, onBack }: CodeProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [recovery, setRecovery] = useState(false);
  return (
    <EntryFrame
      title={t('code_step.ask')}
      lead={t(recovery ? 'code_step.ask_recovery_hint' : 'code_step.ask_hint')}
    >
      <Form<{ code: string }>
        key={String(recovery)}
        layout="vertical"
        requiredMark={false}
        onFinish={({ code }) => onCode(code.trim())}
      >
        {error !== null && (
          <Alert className={css.alert} type="error" showIcon role="alert" message={textOf(error)} />
        )}
        <Form.Item
          name="code"
          label={t(recovery ? 'code_step.ask_recovery' : 'code_step.ask_code')}
          rules={[{ required: true, message: t('code_step.code_missing') }]}
        >
          <Input
            className="mono"
            size="large"
            autoFocus
            autoComplete="one-time-code"
            inputMode={recovery ? 'text' : 'numeric'}
            maxLength={recovery ? 12 : 7}
            spellCheck={false}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={pending}>
          {t('entry.sign_in')}
        </Button>
      </Form>
      <Button type="link" className={css.link} onClick={() => setRecovery(!recovery)}>
        {t(recovery ? 'code_step.use_app' : 'code_step.use_recovery')}
      </Button>
      <Button type="link" className={css.link} onClick={onBack}>
        {t('code_step.back')}
      </Button>
    </EntryFrame>
  );
}
