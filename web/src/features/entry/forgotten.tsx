import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { Failure, Loading } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { CodeField } from './code_field';
import { EntryFrame } from './entry_frame';
import css from './entry.module.css';
import { NewPasswordField, SamePasswordField } from './password_field';

const reset_command = 'sallyport reset-admin';

type Way = 'mail' | 'questions';

/** The ways back in: a code by mail, the questions of the administrator, the command on the machine. */
export default function Forgotten({ onBack, onDone }: { onBack: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Way | null>(null);
  const asked = useQuery({
    queryKey: ['password-recovery'],
    queryFn: () => answerOf(api.GET('/password-recovery')),
    staleTime: 0,
  });
  const { questions = [], mail = false } = asked.data ?? {};
  const way = chosen ?? (mail ? 'mail' : questions.length > 0 ? 'questions' : null);
  const leads = { mail: t('forgotten.lead_mail'), questions: t('forgotten.lead') };
  return (
    <EntryFrame title={t('forgotten.title')} lead={way ? leads[way] : undefined}>
      {asked.isPending ? (
        <Loading rows={3} />
      ) : asked.error ? (
        <Failure error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <>
          {mail && questions.length > 0 && (
            <Segmented<Way>
              block
              className={css.alert}
              aria-label={t('forgotten.by')}
              value={way ?? 'mail'}
              options={[
                { value: 'mail', label: t('forgotten.by_mail') },
                { value: 'questions', label: t('forgotten.by_questions') },
              ]}
              onChange={setChosen}
            />
          )}
          {way === 'mail' && <ByMail onDone={onDone} />}
          {way === 'questions' && <Answers questions={questions} onDone={onDone} />}
          <p className={css.below}>
            {t('forgotten.machine')} <code className="mono">{reset_command}</code>
          </p>
          <p className={css.below}>{t('forgotten.others')}</p>
        </>
      )}
      <Button type="link" className={css.link} onClick={onBack}>
        {t('forgotten.back')}
      </Button>
    </EntryFrame>
  );
}

/** The account, then the code with another password. */
function ByMail({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const ask = useMutation({
    mutationFn: (account: string) =>
      answerOf(api.POST('/password-recovery/mail', { body: { account } })).then(() => account),
    onSuccess: setSentTo,
  });
  const problem = ask.error && (
    <Alert className={css.alert} type="error" showIcon role="alert" message={textOf(ask.error)} />
  );
  if (sentTo !== null)
    return (
      <>
        {problem}
        <WithCode key={ask.submittedAt} account={sentTo} onDone={onDone} />
        <Button type="link" className={css.link} loading={ask.isPending} onClick={() => ask.mutate(sentTo)}>
          {t('forgotten.again')}
        </Button>
      </>
    );
  return (
    <Form<{ account: string }>
      layout="vertical"
      requiredMark={false}
      onFinish={({ account }) => ask.mutate(account.trim())}
    >
      {problem}
      <Form.Item
        name="account"
        label={t('entry.account')}
        rules={[{ required: true, whitespace: true, message: t('entry.account_missing') }]}
      >
        <Input autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false} maxLength={32} />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={ask.isPending}>
        {t('forgotten.ask_code')}
      </Button>
    </Form>
  );
}

interface TypedCode {
  code: string;
  password: string;
}

function WithCode({ account, onDone }: { account: string; onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<TypedCode>();
  const recover = useMutation({
    mutationFn: ({ code, password }: TypedCode) =>
      answerOf(api.POST('/password-recovery/code', { body: { account, code: code.trim(), password } })),
    onSuccess: onDone,
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<TypedCode>
      form={form}
      layout="vertical"
      requiredMark={false}
      scrollToFirstError
      onFinish={(typed) => recover.mutate(typed)}
    >
      {recover.error ? (
        <Alert className={css.alert} type="error" showIcon role="alert" message={textOf(recover.error)} />
      ) : (
        <Alert className={css.alert} type="info" showIcon role="status" message={t('forgotten.sent')} />
      )}
      <CodeField label={t('forgotten.code')} />
      <input type="text" name="username" autoComplete="username" defaultValue={account} hidden readOnly />
      <NewPasswordField name="password" label={t('entry.password_new')} account={account} />
      <SamePasswordField as="password" />
      <Button type="primary" htmlType="submit" block loading={recover.isPending}>
        {t('forgotten.send')}
      </Button>
    </Form>
  );
}

interface TypedAnswers {
  answers: string[];
  password: string;
}

function Answers({ questions, onDone }: { questions: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<TypedAnswers>();
  const recover = useMutation({
    mutationFn: ({ answers, password }: TypedAnswers) =>
      answerOf(api.POST('/password-recovery', { body: { answers, password } })),
    onSuccess: onDone,
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<TypedAnswers>
      form={form}
      layout="vertical"
      requiredMark={false}
      scrollToFirstError
      onFinish={(typed) => recover.mutate(typed)}
    >
      {recover.error && (
        <Alert className={css.alert} type="error" showIcon role="alert" message={textOf(recover.error)} />
      )}
      {questions.map((question, index) => (
        <Form.Item
          key={index}
          name={['answers', index]}
          label={question}
          rules={[{ required: true, message: t('forgotten.answer_missing') }]}
        >
          <Input maxLength={200} autoComplete="off" autoFocus={index === 0} />
        </Form.Item>
      ))}
      <NewPasswordField name="password" label={t('entry.password_new')} account="admin" />
      <SamePasswordField as="password" />
      <Button type="primary" htmlType="submit" block loading={recover.isPending}>
        {t('forgotten.send')}
      </Button>
    </Form>
  );
}
