import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Radio, Switch } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Network } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { NumberField } from '../../ui/number_field';
import { Panel, Queried } from '../../ui/page';
import { fieldText, useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './settings.module.css';

const usual_port = 8080;

/** From which addresses the platform is reached, and the port that leads to it. */
export function NetworkPanel() {
  const { t } = useTranslation();
  const network = useQuery({
    queryKey: ['settings', 'network'],
    queryFn: () => answerOf(api.GET('/settings/network')),
  });
  return (
    <Panel title={t('network.title')}>
      <Queried query={network} rows={3}>
        {(data) => <NetworkForm network={data} />}
      </Queried>
    </Panel>
  );
}

interface Typed {
  who: 'everybody' | 'only';
  allowed?: string;
  redirect: boolean;
  redirect_port?: number | null;
}

const lines = (text: string | undefined) =>
  (text ?? '')
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter(Boolean);

function NetworkForm({ network }: { network: Network }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const mayAdminister = useMay('settings', 'administer');
  const [form] = Form.useForm<Typed>();
  const who = Form.useWatch('who', form) as Typed['who'] | undefined;
  const redirects = Form.useWatch('redirect', form) as boolean | undefined;
  const save = useMutation({
    mutationFn: (typed: Typed) =>
      answerOf(
        api.PATCH('/settings/network', {
          body: {
            allowed: typed.who === 'only' ? lines(typed.allowed) : [],
            redirect_port: typed.redirect ? (typed.redirect_port ?? usual_port) : null,
          },
        }),
      ),
    onSuccess: (changed) => {
      queryClient.setQueryData(['settings', 'network'], changed);
      void message.success(t('common.saved'));
    },
    onError: (error) => {
      if (!(error instanceof Problem)) return;
      const of = (name: string) =>
        error.errors.filter(({ field }) => field.split('.')[0] === name).map(fieldText);
      form.setFields([
        { name: 'allowed', errors: of('allowed') },
        { name: 'redirect_port', errors: of('redirect_port') },
      ]);
    },
  });
  const addOwn = () => {
    form.setFieldValue(
      'allowed',
      [...lines(form.getFieldValue('allowed') as string), network.own_address].join('\n'),
    );
    void form.validateFields(['allowed']);
  };
  return (
    <Form<Typed>
      form={form}
      name="network"
      layout="vertical"
      requiredMark={false}
      disabled={!mayAdminister}
      initialValues={{
        who: network.allowed.length > 0 ? 'only' : 'everybody',
        allowed: network.allowed.join('\n'),
        redirect: network.redirect_port !== null,
        redirect_port: network.redirect_port ?? usual_port,
      }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.form}
    >
      {save.error && (
        <Alert className={css.gap} type="error" showIcon message={textOf(save.error)} role="alert" />
      )}
      <Form.Item name="who" className={css.tight}>
        <Radio.Group
          className={css.radios}
          options={(['everybody', 'only'] as const).map((value) => ({ value, label: t(`network.${value}`) }))}
        />
      </Form.Item>
      {who === 'only' && (
        <>
          <Form.Item
            name="allowed"
            label={t('network.allowed')}
            extra={t('network.allowed_hint')}
            rules={[
              {
                validator: async (_, value: string | undefined) => {
                  if (lines(value).length === 0) throw new Error(t('network.allowed_missing'));
                },
              },
            ]}
          >
            <Input.TextArea className="mono" autoSize={{ minRows: 3, maxRows: 10 }} spellCheck={false} />
          </Form.Item>
          <p className={`quiet ${css.gap}`}>
            {t('network.own', { address: network.own_address })}{' '}
            <Button type="link" size="small" onClick={addOwn}>
              {t('network.add_own')}
            </Button>
            <br />
            {t('network.proxy')}
          </p>
        </>
      )}
      <Form.Item extra={t('network.redirect_hint')}>
        <label className={css.choice}>
          <span>{t('network.redirect')}</span>
          <Form.Item name="redirect" valuePropName="checked" noStyle>
            <Switch aria-label={t('network.redirect')} />
          </Form.Item>
        </label>
      </Form.Item>
      {redirects === true && (
        <Form.Item
          name="redirect_port"
          label={t('network.port')}
          rules={[{ required: true, message: t('network.port_bad') }]}
        >
          <NumberField min={1024} max={65535} precision={0} />
        </Form.Item>
      )}
      {mayAdminister && (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      )}
    </Form>
  );
}
