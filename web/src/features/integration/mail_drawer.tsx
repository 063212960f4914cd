import { Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { MailBegins, MailServer, OutletTls } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useMayAll } from '../shell/me_context';
import { OutletDrawer, Part } from './outlet_drawer';
import type { TypedServer } from './outlet_fields';
import { serverBody, ServerFields, typedServer } from './outlet_fields';

interface Typed extends TypedServer {
  enabled: boolean;
  begins?: MailBegins;
  in_clear?: boolean;
  sender: string;
}

const ways: MailBegins[] = ['at_once', 'starttls'];

/** The mail server, and whom mails come from. */
export function MailDrawer({ mail, onClose }: { mail: MailServer; onClose: () => void }) {
  const { t } = useTranslation();
  const mayKeep = useMayAll();
  const { enabled, begins, in_clear, sender } = mail;
  const save = (typed: Typed) =>
    answerOf(
      api.PATCH('/settings/mail', {
        body: {
          ...serverBody(typed),
          enabled: typed.enabled,
          begins: typed.begins ?? begins,
          in_clear: typed.tls === 'off' && typed.in_clear === true,
          sender: typed.sender.trim(),
          revision: mail.revision,
        },
      }),
    );
  return (
    <OutletDrawer<Typed>
      name="mail"
      initial={{ ...typedServer(mail), enabled, begins, in_clear, sender }}
      save={save}
      onClose={onClose}
      locked={mayKeep ? undefined : t('mail.locked')}
    >
      <Part>{t('mail.server')}</Part>
      <ServerFields stored={mail} hint={t('mail.host_hint')}>
        <Encryption />
      </ServerFields>
      <Part>{t('mail.mails')}</Part>
      <Form.Item name="sender" label={t('mail.sender')} extra={t('mail.sender_hint')}>
        <Input maxLength={254} autoComplete="off" spellCheck={false} inputMode="email" />
      </Form.Item>
    </OutletDrawer>
  );
}

function Encryption() {
  const { t } = useTranslation();
  const tls = Form.useWatch('tls') as OutletTls | undefined;
  if (tls === 'off')
    return (
      <Form.Item name="in_clear" valuePropName="checked" extra={t('mail.in_clear_hint')}>
        <Checkbox>{t('mail.in_clear')}</Checkbox>
      </Form.Item>
    );
  return (
    <Form.Item name="begins" label={t('mail.begins')}>
      <Select options={ways.map((value) => ({ value, label: t(`mail.begins_${value}`) }))} />
    </Form.Item>
  );
}
