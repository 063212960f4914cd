import { useMutation } from '@tanstack/react-query';
import { Alert, Form, Input, QRCode } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { SecondFactorBegun } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { FormEnd } from '../../ui/form_end';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import css from './accounts.module.css';
import { RecoveryCodes } from './recovery_codes';

/** The password, the app, a first code, the recovery codes. Nothing counts before that code. */
export function SecondFactorSetUp({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [begun, setBegun] = useState<SecondFactorBegun | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <RecoveryCodes codes={codes} onKept={onDone} />;
  if (begun) return <Confirm begun={begun} onCodes={setCodes} />;
  return <OwnPassword label={t('second_factor.next')} work={begin} onDone={setBegun} />;
}

const begin = (password: string) => answerOf(api.POST('/me/second-factor', { body: { password } }));

interface OwnPasswordProps<T> {
  label: string; // of the button
  danger?: boolean;
  work: (password: string) => Promise<T>;
  onDone: (answer: T) => void;
}

/** Asks for the password again: an open session alone must not do this. */
export function OwnPassword<T>({ label, danger, work, onDone }: OwnPasswordProps<T>) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<{ password: string }>();
  const ask = useMutation({
    mutationFn: ({ password }: { password: string }) => work(password),
    onSuccess: onDone,
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form
      form={form}
      name="own"
      layout="vertical"
      requiredMark={false}
      onFinish={(typed) => ask.mutate(typed)}
    >
      {ask.error && (
        <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(ask.error)} />
      )}
      <Form.Item
        name="password"
        label={t('second_factor.own_password')}
        extra={t('second_factor.own_password_hint')}
        rules={[{ required: true, message: t('entry.password_missing') }]}
      >
        <Input.Password autoComplete="current-password" maxLength={128} autoFocus />
      </Form.Item>
      <FormEnd word={label} danger={danger} busy={ask.isPending} />
    </Form>
  );
}

function Confirm({ begun, onCodes }: { begun: SecondFactorBegun; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<{ code: string }>();
  const confirm = useMutation({
    mutationFn: ({ code }: { code: string }) =>
      answerOf(api.POST('/me/second-factor/confirm', { body: { code: code.trim() } })),
    onSuccess: ({ recovery_codes }) => onCodes(recovery_codes),
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form
      form={form}
      name="second_factor"
      layout="vertical"
      requiredMark={false}
      onFinish={(typed) => confirm.mutate(typed)}
    >
      {confirm.error && (
        <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(confirm.error)} />
      )}
      <h3 className={css.stepTitle}>{t('second_factor.scan')}</h3>
      <p className="quiet">{t('second_factor.scan_hint')}</p>
      <div className={css.scan}>
        <div role="img" aria-label={t('second_factor.qr')} className={css.qr}>
          <QRCode type="svg" value={begun.uri} size={176} bordered={false} color="#000" bgColor="#fff" />
        </div>
        <div>
          <p className="quiet">{t('second_factor.type_instead')}</p>
          <code className={`mono ${css.key}`}>{begun.secret.match(/.{4}/g)!.join(' ')}</code>
        </div>
      </div>
      <Form.Item
        name="code"
        label={t('second_factor.code')}
        rules={[{ required: true, message: t('code_step.code_missing') }]}
      >
        <Input
          className={`mono ${css.code}`}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          autoFocus
        />
      </Form.Item>
      <FormEnd word={t('second_factor.confirm')} busy={confirm.isPending} />
    </Form>
  );
}
