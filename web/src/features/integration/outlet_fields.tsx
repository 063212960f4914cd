import { Alert, Form, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { OutletTls } from '../../api/client';
import { NumberField } from '../../ui/number_field';

/** What is typed of a server that is sent to. */
export interface TypedServer {
  host: string;
  port: number;
  tls: OutletTls;
  certificate?: string;
  account?: string;
  password?: string;
}
interface StoredServer {
  host: string;
  port: number;
  tls: OutletTls;
  certificate: string;
  account?: string;
  has_password?: boolean;
}

const unix = (text: string | undefined) => (text ?? '').replace(/\r\n?/g, '\n').trim();

export function placeBody({ host, port, tls, certificate }: TypedServer) {
  return { host: host.trim(), port, tls, certificate: tls === 'given' ? unix(certificate) : '' };
}

/** As it is sent: a password that was not typed stays, one without an account goes. */
export function serverBody({ account, password, ...place }: TypedServer) {
  const name = (account ?? '').trim();
  return {
    ...placeBody(place),
    account: name,
    ...(name === '' ? { password: null } : password ? { password } : {}),
  };
}

export function typedServer({ host, port, tls, certificate, account }: StoredServer): TypedServer {
  return { host, port, tls, certificate, account };
}

const ways: OutletTls[] = ['machine', 'given', 'off'];

interface Props {
  stored: StoredServer;
  hint: string;
  children?: ReactNode; // more about the encryption
}

export function ServerFields({ stored, hint, children }: Props) {
  const { t } = useTranslation();
  const tls = Form.useWatch('tls') as OutletTls | undefined;
  const account = Form.useWatch('account') as string | undefined;
  return (
    <>
      <Form.Item name="host" label={t('outlets.host')} extra={hint}>
        <Input maxLength={253} autoComplete="off" spellCheck={false} inputMode="url" />
      </Form.Item>
      <Form.Item
        name="port"
        label={t('outlets.port')}
        rules={[{ required: true, message: t('outlets.port_bad') }]}
      >
        <NumberField min={1} max={65535} precision={0} />
      </Form.Item>
      <Form.Item name="tls" label={t('outlets.tls')}>
        <Select options={ways.map((value) => ({ value, label: t(`outlets.tls_${value}`) }))} />
      </Form.Item>
      {tls === 'given' && (
        <Form.Item
          name="certificate"
          label={t('outlets.certificate')}
          extra={t('outlets.certificate_hint')}
          rules={[{ required: true, whitespace: true, message: t('outlets.certificate_missing') }]}
        >
          <Input.TextArea className="mono" autoSize={{ minRows: 3, maxRows: 8 }} spellCheck={false} />
        </Form.Item>
      )}
      {tls === 'off' && (
        <Form.Item>
          <Alert
            type="warning"
            showIcon
            message={t(stored.account === undefined ? 'outlets.clear_warning' : 'outlets.tls_off_warning')}
          />
        </Form.Item>
      )}
      {children}
      {stored.account !== undefined && (
        <Form.Item name="account" label={t('outlets.account')} extra={t('outlets.account_hint')}>
          <Input maxLength={128} autoComplete="off" spellCheck={false} />
        </Form.Item>
      )}
      {(account ?? '') !== '' && (
        <Form.Item name="password" label={t('outlets.password')}>
          <Input.Password
            maxLength={256}
            autoComplete="new-password"
            placeholder={stored.has_password ? t('outlets.password_kept') : undefined}
          />
        </Form.Item>
      )}
    </>
  );
}
