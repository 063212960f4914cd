import { CheckOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import type { Language } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { speak } from '../../ui/i18n';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { TimeZoneSelect } from '../../ui/time_zone_select';
import { EntryFrame } from './entry_frame';
import css from './entry.module.css';
import { NewPasswordField, SamePasswordField } from './password_field';
import { brokenRules } from './password_rules';
import type { TypedQuestions } from './questions_fields';
import { QuestionsFields, questionsOf } from './questions_fields';

interface Typed {
  code?: string;
  time_zone: string;
  password: string;
  again: string;
  questions?: TypedQuestions;
  mailbox?: string;
}

const account = 'admin';

export default function SetUp({ codeRequired }: { codeRequired: boolean }) {
  const { t, i18n } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<Typed>();
  const typed = Form.useWatch([], form) as Typed | undefined;
  const setUp = useMutation({
    mutationFn: (values: Typed) =>
      answerOf(
        api.POST('/setup', {
          body: {
            password: values.password,
            language: i18n.language as Language,
            time_zone: values.time_zone,
            questions: questionsOf(values),
            ...(values.mailbox?.trim() ? { mailbox: values.mailbox.trim() } : {}),
            ...(codeRequired ? { code: values.code?.trim() } : {}),
          },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries(),
    onError: (error) => showFieldErrors(form, error),
  });
  useEffect(() => {
    document.title = `${t('entry.set_up')} · Sallyport`;
  }, [t]);

  const password = typed?.password ?? '';
  const passwordDone = brokenRules(password, account).length === 0 && typed?.again === password;
  const codeStep = codeRequired ? 1 : 0;
  return (
    <EntryFrame title={t('entry.set_up')} lead={t('entry.set_up_lead')}>
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        scrollToFirstError
        initialValues={{
          time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        }}
        onFinish={(values) => setUp.mutate(values)}
      >
        {setUp.error && (
          <Alert className={css.alert} type="error" showIcon role="alert" message={textOf(setUp.error)} />
        )}
        {codeRequired && (
          <Step number={1} title={t('entry.code_step')} done={(typed?.code ?? '') !== ''}>
            <Form.Item
              name="code"
              label={t('entry.code')}
              extra={t('entry.code_hint')}
              rules={[{ required: true, message: t('entry.code_missing') }]}
            >
              <Input className="mono" autoComplete="off" autoFocus maxLength={64} />
            </Form.Item>
          </Step>
        )}
        <Step number={codeStep + 1} title={t('entry.place_step')} done={(typed?.time_zone ?? '') !== ''}>
          <Form.Item label={t('settings.language')}>
            <Select
              value={i18n.language as Language}
              aria-label={t('settings.language')}
              options={[
                { value: 'en', label: 'English' },
                { value: 'zh', label: '中文' },
              ]}
              onChange={(language: Language) => void speak(language, 'remember')}
            />
          </Form.Item>
          <Form.Item name="time_zone" label={t('settings.time_zone')} extra={t('settings.time_zone_hint')}>
            <TimeZoneSelect />
          </Form.Item>
        </Step>
        <Step number={codeStep + 2} title={t('entry.password_step')} done={passwordDone}>
          <p className={css.hint}>{t('entry.password_step_hint', { account })}</p>
          <input type="text" name="username" autoComplete="username" defaultValue={account} hidden readOnly />
          <NewPasswordField name="password" label={t('entry.password')} account={account} />
          <SamePasswordField as="password" />
        </Step>
        <Step
          number={codeStep + 3}
          title={t('entry.question_step')}
          done={(typed?.questions?.filter((one) => one?.question && one.answer).length ?? 0) >= 2}
        >
          <p className={css.hint}>{t('questions.hint')}</p>
          <QuestionsFields need="all_or_none" />
          <Form.Item name="mailbox" label={t('mailbox.set_up')} extra={t('mailbox.set_up_hint')}>
            <Input maxLength={254} autoComplete="email" inputMode="email" spellCheck={false} />
          </Form.Item>
        </Step>
        <div className={css.actions}>
          <Button type="primary" htmlType="submit" block loading={setUp.isPending}>
            {t('entry.finish')}
          </Button>
        </div>
      </Form>
    </EntryFrame>
  );
}

function Step({
  number,
  title,
  done,
  children,
}: {
  number: number;
  title: string;
  done: boolean;
  children: ReactNode;
}) {
  return (
    <section className={css.step} aria-label={title}>
      <span className={`${css.stepMark} ${done ? css.stepDone : ''}`} aria-hidden>
        {done ? <CheckOutlined /> : number}
      </span>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
