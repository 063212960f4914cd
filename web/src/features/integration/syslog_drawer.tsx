import { Checkbox, Form } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Syslog } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { OutletDrawer, Part } from './outlet_drawer';
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
  const { enabled, events, audit, revision } = syslog;
  const save = ({ enabled, events, audit, ...place }: Typed) =>
    answerOf(
      api.PATCH('/settings/syslog', { body: { ...placeBody(place), enabled, events, audit, revision } }),
    );
  return (
    <OutletDrawer<Typed>
      name="syslog"
      initial={{ ...typedServer(syslog), enabled, events, audit }}
      save={save}
      onClose={onClose}
    >
      <Part>{t('syslog.collector')}</Part>
      <ServerFields stored={syslog} hint={t('syslog.host_hint')} />
      <Part>{t('outlets.told')}</Part>
      <Form.Item name="events" valuePropName="checked">
        <Checkbox>{t('syslog.events')}</Checkbox>
      </Form.Item>
      <Form.Item name="audit" valuePropName="checked" extra={t('syslog.from_now')}>
        <Checkbox>{t('syslog.audit')}</Checkbox>
      </Form.Item>
    </OutletDrawer>
  );
}
