import { UploadOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Modal, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Certificate } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { CertificateWord } from '../../ui/certificate_word';
import { Fingerprint } from '../../ui/fingerprint';
import { FormEnd } from '../../ui/form_end';
import { Facts, Failure, Loading, Panel } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { Time } from '../../ui/site';
import { useMay } from '../shell/me_context';
import css from './settings.module.css';

const key = ['certificate'];

/** What browsers see of the platform, and the installation's own in place of it. */
export function CertificatePanel() {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const textOf = useProblemText();
  const mayAdminister = useMay('settings', 'administer');
  const [open, setOpen] = useState(false);
  const certificate = useQuery({ queryKey: key, queryFn: () => answerOf(api.GET('/certificate')) });
  const drop = useMutation({
    mutationFn: () => answerOf(api.DELETE('/certificate')),
    onSuccess: (made) => {
      queryClient.setQueryData(key, made);
      void message.success(t('certificate.dropped'));
    },
    onError: (error) => notification.error({ message: t('common.failed'), description: textOf(error) }),
  });
  return (
    <Panel title={t('certificate.title')}>
      {certificate.isPending ? (
        <Loading rows={3} />
      ) : certificate.error ? (
        <Failure error={certificate.error} onRetry={() => void certificate.refetch()} />
      ) : (
        <div className={css.form}>
          <Shown certificate={certificate.data} />
          {mayAdminister && (
            <div className={css.actions}>
              <Button onClick={() => setOpen(true)}>
                {t(certificate.data.own ? 'certificate.replace' : 'certificate.change')}
              </Button>
              {certificate.data.own && (
                <Button loading={drop.isPending} onClick={() => drop.mutate()}>
                  {t('certificate.drop')}
                </Button>
              )}
            </div>
          )}
        </div>
      )}
      <Modal
        open={open}
        title={t('certificate.change')}
        footer={null}
        onCancel={() => setOpen(false)}
        maskClosable={false}
        destroyOnHidden
      >
        <CertificateForm onDone={() => setOpen(false)} />
      </Modal>
    </Panel>
  );
}

function Shown({ certificate }: { certificate: Certificate }) {
  const { t } = useTranslation();
  return (
    <>
      {!certificate.own && <p className={`quiet ${css.gap}`}>{t('certificate.made_here')}</p>}
      <Facts
        items={[
          [t('certificate.subject'), certificate.subject],
          [t('certificate.issuer'), certificate.own ? certificate.issuer : 'Sallyport'],
          [t('certificate.names'), certificate.names.join(', ') || '–'],
          [
            t('certificate.valid'),
            <span key="valid">
              <Time at={certificate.valid_to} /> <CertificateWord until={certificate.valid_to} />
            </span>,
          ],
        ]}
      />
      <div className={css.whole}>
        <Facts
          items={[
            [t('certificate.fingerprint'), <Fingerprint key="fingerprint" of={certificate.fingerprint} />],
          ]}
        />
      </div>
    </>
  );
}

interface Typed {
  certificate: string;
  key: string;
}

function CertificateForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const [form] = Form.useForm<Typed>();
  const use = useMutation({
    mutationFn: (typed: Typed) =>
      answerOf(
        api.PUT('/certificate', { body: { certificate: unix(typed.certificate), key: unix(typed.key) } }),
      ),
    onSuccess: (own) => {
      queryClient.setQueryData(key, own);
      void message.success(t('certificate.used'));
      onDone();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form<Typed>
      form={form}
      name="certificate"
      layout="vertical"
      requiredMark={false}
      onFinish={(typed) => use.mutate(typed)}
    >
      {use.error && (
        <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(use.error)} />
      )}
      <p className={`quiet ${css.gap}`}>{t('certificate.change_hint')}</p>
      {(['certificate', 'key'] as const).map((name) => (
        <Form.Item key={name} label={t(name === 'key' ? 'certificate.key' : 'certificate.file')}>
          <Upload
            accept=".pem,.crt,.cer,.key,.txt"
            showUploadList={false}
            beforeUpload={(file) => {
              void file.text().then((text) => {
                form.setFieldValue(name, text);
                void form.validateFields([name]);
              });
              return false;
            }}
          >
            <Button icon={<UploadOutlined />}>{t('certificate.choose')}</Button>
          </Upload>
          <Form.Item
            name={name}
            noStyle={false}
            className={css.pem}
            extra={t(name === 'key' ? 'certificate.key_hint' : 'certificate.file_hint')}
            rules={[{ required: true, message: t('certificate.missing') }]}
          >
            <Input.TextArea
              className="mono"
              rows={4}
              spellCheck={false}
              autoComplete="off"
              aria-label={t(name === 'key' ? 'certificate.key' : 'certificate.file')}
              placeholder={name === 'key' ? '-----BEGIN PRIVATE KEY-----' : '-----BEGIN CERTIFICATE-----'}
            />
          </Form.Item>
        </Form.Item>
      ))}
      <FormEnd word={t('certificate.use')} busy={use.isPending} />
    </Form>
  );
}

/** Files from Windows end their lines otherwise. */
const unix = (text: string) => text.replaceAll('\r\n', '\n');
