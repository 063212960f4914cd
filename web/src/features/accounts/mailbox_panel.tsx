import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Mailbox } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { StateWord } from '../../ui/marks';
import { Failure, Loading, Panel } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { CodeField } from '../entry/code_field';
import css from './accounts.module.css';
import { OwnPassword } from './second_factor_set_up';

type Doing = 'set' | 'remove';

/** One's own mailbox, for the day when the password is forgotten. */
export function MailboxPanel() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [doing, setDoing] = useState<Doing | null>(null);
  const mailbox = useQuery({
    queryKey: ['me', 'mailbox'],
    queryFn: () => answerOf(api.GET('/me/mailbox')),
  });
  const done = (said: string) => {
    setDoing(null);
    void message.success(said);
    void queryClient.invalidateQueries({ queryKey: ['me', 'mailbox'] });
  };
  return (
    <Panel title={t('mailbox.title')}>
      <div className={css.padded}>
        {mailbox.isPending ? (
          <Loading rows={2} />
        ) : mailbox.error ? (
          <Failure error={mailbox.error} onRetry={() => void mailbox.refetch()} />
        ) : (
          <Shown mailbox={mailbox.data} onDo={setDoing} />
        )}
      </div>
      <Modal
        open={doing !== null}
        title={t(doing === 'remove' ? 'mailbox.remove' : 'mailbox.title')}
        footer={null}
        onCancel={() => setDoing(null)}
        maskClosable={false}
        destroyOnHidden
      >
        {doing === 'set' && (
          <Proof address={mailbox.data?.address ?? ''} onDone={() => done(t('mailbox.saved'))} />
        )}
        {doing === 'remove' && (
          <>
            <p className="quiet">{t('mailbox.remove_hint')}</p>
            <OwnPassword
              label={t('mailbox.remove')}
              danger
              work={(password) => answerOf(api.POST('/me/mailbox/remove', { body: { password } }))}
              onDone={() => done(t('mailbox.removed'))}
            />
          </>
        )}
      </Modal>
    </Panel>
  );
}

function Shown({ mailbox, onDo }: { mailbox: Mailbox; onDo: (doing: Doing) => void }) {
  const { t } = useTranslation();
  const { address, proved, mail } = mailbox;
  return (
    <>
      <p className="quiet">{t('mailbox.hint')}</p>
      {address === null ? (
        <p>{t('mailbox.none')}</p>
      ) : (
        <p>
          <span className={css.address}>{address}</span>{' '}
          <StateWord look={proved ? 'good' : 'waiting'}>
            {t(proved ? 'mailbox.proved' : 'mailbox.not_proved')}
          </StateWord>
        </p>
      )}
      {!mail && <p className="quiet">{t('mailbox.off')}</p>}
      <div className={css.actions}>
        <Button onClick={() => onDo('set')} disabled={!mail}>
          {t(address === null ? 'mailbox.set' : proved ? 'mailbox.change' : 'mailbox.prove')}
        </Button>
        {address !== null && (
          <Button danger onClick={() => onDo('remove')}>
            {t('mailbox.remove')}
          </Button>
        )}
      </div>
    </>
  );
}

/** Its address, then the code that was sent to it. */
function Proof({ address, onDone }: { address: string; onDone: () => void }) {
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (sentTo !== null) return <Code address={sentTo} onDone={onDone} />;
  return <Address address={address} onSent={setSentTo} />;
}

interface TypedAddress {
  address: string;
  password: string;
}

function Address({ address, onSent }: { address: string; onSent: (address: string) => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<TypedAddress>();
  const send = useMutation({
    mutationFn: ({ address, password }: TypedAddress) =>
      answerOf(api.POST('/me/mailbox', { body: { address: address.trim(), password } })).then(() => address),
    onSuccess: (address) => onSent(address.trim()),
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<TypedAddress>
      form={form}
      name="mailbox"
      layout="vertical"
      requiredMark={false}
      initialValues={{ address }}
      onFinish={(typed) => send.mutate(typed)}
    >
      {send.error && (
        <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(send.error)} />
      )}
      <Form.Item
        name="address"
        label={t('mailbox.address')}
        rules={[{ required: true, whitespace: true, message: t('mail.address_missing') }]}
      >
        <Input maxLength={254} autoComplete="email" inputMode="email" spellCheck={false} autoFocus />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('second_factor.own_password')}
        extra={t('second_factor.own_password_hint')}
        rules={[{ required: true, message: t('entry.password_missing') }]}
      >
        <Input.Password autoComplete="current-password" maxLength={128} />
      </Form.Item>
      <FormEnd word={t('mailbox.send')} busy={send.isPending} />
    </Form>
  );
}

function Code({ address, onDone }: { address: string; onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<{ code: string }>();
  const confirm = useMutation({
    mutationFn: ({ code }: { code: string }) =>
      answerOf(api.POST('/me/mailbox/confirm', { body: { code: code.trim() } })),
    onSuccess: onDone,
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<{ code: string }>
      form={form}
      name="mailbox_code"
      layout="vertical"
      requiredMark={false}
      onFinish={(typed) => confirm.mutate(typed)}
    >
      {confirm.error ? (
        <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(confirm.error)} />
      ) : (
        <Alert
          className={css.gap}
          type="info"
          showIcon
          role="status"
          message={t('mailbox.code_sent', { address })}
        />
      )}
      <CodeField label={t('mailbox.code')} />
      <FormEnd word={t('mailbox.confirm')} busy={confirm.isPending} />
    </Form>
  );
}
