import { useMutation } from '@tanstack/react-query';
import { Alert, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { outsideText } from '../../ui/outside_text';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import css from './integration.module.css';

/** Sends a message to an address, and says how that went. */
export function MailTrial({ to, onClose }: { to: string; onClose: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<{ to: string }>();
  const trial = useMutation({
    mutationFn: (typed: { to: string }) =>
      answerOf(api.POST('/settings/mail/test', { body: { to: typed.to.trim() } })),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['settings', 'mail'] }),
    onError: (error) => showFieldErrors(form, error),
  });
  const refused = trial.data?.problem;
  const problem = trial.error ? textOf(trial.error) : refused && outsideText(refused);
  return (
    <Modal open onCancel={onClose} footer={null} title={t('mail.test')}>
      <Form form={form} layout="vertical" initialValues={{ to }} onFinish={(typed) => trial.mutate(typed)}>
        <Form.Item
          name="to"
          label={t('mail.test_to')}
          rules={[{ required: true, whitespace: true, message: t('mail.address_missing') }]}
        >
          <Input maxLength={254} autoComplete="email" spellCheck={false} inputMode="email" />
        </Form.Item>
        {!trial.isPending && problem && (
          <Alert
            className={css.gap}
            type="error"
            showIcon
            role="alert"
            message={t('outlets.test_failed')}
            description={problem}
          />
        )}
        {!trial.isPending && trial.data?.problem === null && (
          <Alert
            className={css.gap}
            type="success"
            showIcon
            role="status"
            message={t('mail.test_worked', { took: trial.data.took_ms })}
            description={t('mail.test_worked_hint')}
          />
        )}
        <FormEnd word={t('mail.test_send')} busy={trial.isPending} />
      </Form>
    </Modal>
  );
}
