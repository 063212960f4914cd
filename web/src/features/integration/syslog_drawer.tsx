import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox, Drawer, Form } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Syslog } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './integration.module.css';
import type { TypedServer } from './outlet_fields';
import { placeBody, ServerFields, typedServer } from './outlet_fields';

interface Typed extends TypedServer {
  enabled: boolean;
  events: boolean;
  audit: boolean;
}

/** The collector of logs, and what it is sent. */
export function SyslogDrawer({ syslog, onClose }: { syslog: Syslog; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const mayKeep = useMay('settings', 'administer');
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ enabled, events, audit, ...place }: Typed) =>
      answerOf(
        api.PATCH('/settings/syslog', {
          body: { ...placeBody(place), enabled, events, audit, revision: syslog.revision },
        }),
      ),
    onSuccess: (changed) => {
      queryClient.setQueryData(['settings', 'syslog'], changed);
      void message.success(t('common.saved'));
      onClose();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const { enabled, events, audit } = syslog;
  return (
    <Drawer open onClose={onClose} width={560} title={t('outlets.syslog')}>
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!mayKeep}
        initialValues={{ ...typedServer(syslog), enabled, events, audit }}
        onFinish={(typed) => save.mutate(typed)}
      >
        {save.error && (
          <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(save.error)} />
        )}
        <Form.Item name="enabled" valuePropName="checked">
          <Checkbox>{t('outlets.enabled')}</Checkbox>
        </Form.Item>
        <h3 className={css.part}>{t('syslog.collector')}</h3>
        <ServerFields stored={syslog} hint={t('syslog.host_hint')} />
        <h3 className={css.part}>{t('mqtt.told')}</h3>
        <Form.Item name="events" valuePropName="checked">
          <Checkbox>{t('syslog.events')}</Checkbox>
        </Form.Item>
        <Form.Item name="audit" valuePropName="checked" extra={t('syslog.from_now')}>
          <Checkbox>{t('syslog.audit')}</Checkbox>
        </Form.Item>
        {mayKeep && (
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
        )}
      </Form>
    </Drawer>
  );
}
