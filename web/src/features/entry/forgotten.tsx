import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { Failure, Loading } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { EntryFrame } from './entry_frame';
import css from './entry.module.css';
import { NewPasswordField, SamePasswordField } from './password_field';

interface Typed {
  answers: string[];
  password: string;
}

const reset_command = 'sallyport reset-admin';

/** The way back in for the administrator: the security questions, or the command on the machine. */
export function Forgotten({ onBack, onDone }: { onBack: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const asked = useQuery({
    queryKey: ['password-recovery'],
    queryFn: () => answerOf(api.GET('/password-recovery')),
    staleTime: 0,
  });
  const questions = asked.data?.questions ?? [];
  return (
    <EntryFrame title={t('forgotten.title')} lead={questions.length > 0 ? t('forgotten.lead') : undefined}>
      {asked.isPending ? (
        <Loading rows={3} />
      ) : asked.error ? (
        <Failure error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <>
          {questions.length > 0 && <Answers questions={questions} onDone={onDone} />}
          <p className={css.below}>
            {t(questions.length > 0 ? 'forgotten.machine' : 'forgotten.none')}{' '}
            <code className="mono">{reset_command}</code>
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

function Answers({ questions, onDone }: { questions: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<Typed>();
  const recover = useMutation({
    mutationFn: ({ answers, password }: Typed) =>
      answerOf(api.POST('/password-recovery', { body: { answers, password } })),
    onSuccess: onDone,
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<Typed>
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
          rules={[{ required: true, message: t('questions.answer_missing') }]}
        >
          <Input maxLength={200} autoComplete="off" autoFocus={index === 0} />
        </Form.Item>
      ))}
      <NewPasswordField name="password" label={t('account.new')} account="admin" />
      <SamePasswordField as="password" />
      <Button type="primary" htmlType="submit" block loading={recover.isPending}>
        {t('forgotten.send')}
      </Button>
    </Form>
  );
}
