import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { Failure, Loading, Panel } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import type { TypedQuestions } from '../entry/questions_fields';
import { QuestionsFields, questionsOf } from '../entry/questions_fields';
import css from './accounts.module.css';

/** For the day when the administrator has forgotten the password; other accounts have none. */
export function QuestionsPanel() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const asked = useQuery({
    queryKey: ['me', 'questions'],
    queryFn: () => answerOf(api.GET('/me/questions')),
  });
  if (asked.data?.possible === false) return null;
  const questions = asked.data?.questions ?? [];
  return (
    <Panel title={t('questions.title')}>
      <div className={css.padded}>
        {asked.isPending ? (
          <Loading rows={2} />
        ) : asked.error ? (
          <Failure error={asked.error} onRetry={() => void asked.refetch()} />
        ) : (
          <>
            {questions.length === 0 ? (
              <p className="quiet">{t('questions.none')}</p>
            ) : (
              <ol className={css.questions}>
                {questions.map((question, index) => (
                  <li key={index}>{question}</li>
                ))}
              </ol>
            )}
            <div className={css.actions}>
              <Button onClick={() => setOpen(true)}>
                {t(questions.length === 0 ? 'questions.set' : 'questions.change')}
              </Button>
            </div>
          </>
        )}
      </div>
      <Modal
        open={open}
        title={t('questions.title')}
        footer={null}
        onCancel={() => setOpen(false)}
        maskClosable={false}
        destroyOnHidden
      >
        <QuestionsForm some={questions.length > 0} onDone={() => setOpen(false)} />
      </Modal>
    </Panel>
  );
}

interface Typed {
  password: string;
  questions?: TypedQuestions;
}

function QuestionsForm({ some, onDone }: { some: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ password, questions }: { password: string; questions: ReturnType<typeof questionsOf> }) =>
      answerOf(api.PUT('/me/questions', { body: { password, questions } })),
    onSuccess: () => {
      void message.success(t('questions.saved'));
      void queryClient.invalidateQueries({ queryKey: ['me', 'questions'] });
      onDone();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const removeAll = async () => {
    const { password } = await form.validateFields(['password']);
    save.mutate({ password: password!, questions: [] });
  };
  return (
    <Form<Typed>
      form={form}
      name="ask"
      layout="vertical"
      requiredMark={false}
      onFinish={(typed) => save.mutate({ password: typed.password, questions: questionsOf(typed) })}
    >
      {save.error && (
        <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(save.error)} />
      )}
      <p className="quiet">{t('questions.hint')}</p>
      <QuestionsFields need="all" />
      <Form.Item
        className={css.apart}
        name="password"
        label={t('second_factor.own_password')}
        extra={t('second_factor.own_password_hint')}
        rules={[{ required: true, message: t('entry.password_missing') }]}
      >
        <Input.Password autoComplete="current-password" maxLength={128} />
      </Form.Item>
      <FormEnd busy={save.isPending}>
        {some && (
          <Button danger onClick={() => void removeAll().catch(() => undefined)}>
            {t('questions.remove')}
          </Button>
        )}
      </FormEnd>
    </Form>
  );
}
