import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { useProblemText } from '../../ui/problem_text';
import { Time, useTimeText } from '../../ui/site';
import css from './devices.module.css';

const looks = { issued: 'good', pending: 'waiting', failed: 'bad' } as const;

/** The password of the keypad's menu: set here, brought to the controller, and never shown. */
export function KeypadPassword({ device }: { device: Device }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const timeText = useTimeText();
  const [open, setOpen] = useState(false);
  const known = device.keypad_password;
  const save = useMutation({
    mutationFn: (keypad_password: string | null) =>
      answerOf(
        api.PATCH('/devices/{id}', { params: { path: { id: device.id } }, body: { keypad_password } }),
      ),
    onSuccess: (_, sent) => {
      void message.success(t(sent === null ? 'common.saved' : 'keypad_password.saved'));
      setOpen(false);
      for (const key of ['devices', 'doors']) void queryClient.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <section aria-label={t('keypad_password.title')}>
      <h3 className={css.sectionTitle}>{t('keypad_password.title')}</h3>
      {known?.changed_at_keypad && (
        <Alert
          className={css.gap}
          type="warning"
          showIcon
          message={t('keypad_password.changed')}
          description={t('keypad_password.changed_hint', { at: timeText(known.changed_at_keypad) })}
        />
      )}
      <p className={css.gap}>
        {known === null ? (
          <span className="quiet">{t('keypad_password.none')}</span>
        ) : (
          <>
            {t('keypad_password.set_at', { at: '' })}
            <Time at={known.set_at} />{' '}
            {known.changed_at_keypad === null && (
              <StateWord look={looks[known.state]}>
                {t(`issue_states.${known.state}`)}
                {known.reason !== null && `: ${t(`issue_reasons.${known.reason}`)}`}
              </StateWord>
            )}
          </>
        )}
      </p>
      <div className={css.upkeep}>
        <Button onClick={() => setOpen(!open)} aria-expanded={open}>
          {t('keypad_password.set')}
        </Button>
        {known !== null && (
          <Button type="text" loading={save.isPending} onClick={() => save.mutate(null)}>
            {t('keypad_password.leave')}
          </Button>
        )}
      </div>
      {save.error && <Alert className={css.gap} type="error" showIcon message={textOf(save.error)} />}
      {open && (
        <Form<{ password: string }>
          className={css.inset}
          name="keypad"
          layout="vertical"
          requiredMark={false}
          onFinish={({ password }) => save.mutate(password)}
        >
          <Form.Item
            name="password"
            label={t('keypad_password.field')}
            extra={t('keypad_password.hint')}
            validateTrigger="onBlur"
            rules={[
              { required: true, message: t('keypad_password.bad') },
              { pattern: /^(?!88888888$)[0-9]{6,8}$/, message: t('keypad_password.bad') },
            ]}
          >
            <Input.Password inputMode="numeric" autoComplete="new-password" maxLength={8} autoFocus />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
        </Form>
      )}
    </section>
  );
}
