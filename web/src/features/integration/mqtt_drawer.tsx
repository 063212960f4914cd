import { Alert, Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { DoorCommandWord, Mqtt } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { PartField } from '../accounts/account_drawer';
import css from './integration.module.css';
import { OutletDrawer, Part } from './outlet_drawer';
import type { TypedServer } from './outlet_fields';
import { serverBody, ServerFields, typedServer } from './outlet_fields';

interface Typed extends TypedServer {
  enabled: boolean;
  base_topic: string;
  discovery: boolean;
  discovery_prefix?: string;
  people: boolean;
  all_areas: boolean;
  areas?: string[];
  commands: DoorCommandWord[];
  as_confirmed: boolean;
}

const commands: DoorCommandWord[] = [
  'open',
  'close',
  'always_open',
  'always_closed',
  'normal',
  'lockdown',
  'silence',
];
const topic = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/;

/** The broker, what it is told, and what is taken from it. */
export function MqttDrawer({ mqtt, onClose }: { mqtt: Mqtt; onClose: () => void }) {
  const { t } = useTranslation();
  const save = (typed: Typed) =>
    answerOf(
      api.PATCH('/settings/mqtt', {
        body: {
          ...serverBody(typed),
          enabled: typed.enabled,
          base_topic: typed.base_topic,
          discovery: typed.discovery,
          discovery_prefix: typed.discovery_prefix ?? mqtt.discovery_prefix,
          people: typed.people,
          areas: typed.all_areas ? null : (typed.areas ?? []),
          commands: typed.commands,
          as_confirmed: typed.as_confirmed,
          revision: mqtt.revision,
        },
      }),
    );
  return (
    <OutletDrawer<Typed>
      name="mqtt"
      initial={{
        ...typedServer(mqtt),
        enabled: mqtt.enabled,
        base_topic: mqtt.base_topic,
        discovery: mqtt.discovery,
        discovery_prefix: mqtt.discovery_prefix,
        people: mqtt.people,
        all_areas: mqtt.areas === null,
        areas: mqtt.areas ?? [],
        commands: mqtt.commands,
        as_confirmed: mqtt.as_confirmed,
      }}
      save={save}
      onClose={onClose}
    >
      <Part>{t('mqtt.broker')}</Part>
      <ServerFields stored={mqtt} hint={t('mqtt.host_hint')} />
      <Part>{t('outlets.told')}</Part>
      <PartField tree="areas" />
      <Told />
      <Part>{t('mqtt.taken')}</Part>
      <Taken />
    </OutletDrawer>
  );
}

function Told() {
  const { t } = useTranslation();
  const discovers = Form.useWatch('discovery') as boolean | undefined;
  const rules = [{ required: true, pattern: topic, message: t('mqtt.topic_bad') }];
  return (
    <>
      <Form.Item name="people" valuePropName="checked" extra={t('mqtt.people_hint')}>
        <Checkbox>{t('mqtt.people')}</Checkbox>
      </Form.Item>
      <Form.Item name="discovery" valuePropName="checked">
        <Checkbox>{t('mqtt.discovery')}</Checkbox>
      </Form.Item>
      {discovers === true && (
        <Form.Item name="discovery_prefix" label={t('mqtt.discovery_prefix')} rules={rules}>
          <Input maxLength={64} autoComplete="off" spellCheck={false} />
        </Form.Item>
      )}
      <Form.Item
        name="base_topic"
        label={t('mqtt.base_topic')}
        extra={t('mqtt.base_topic_hint')}
        rules={rules}
      >
        <Input maxLength={64} autoComplete="off" spellCheck={false} />
      </Form.Item>
    </>
  );
}

function Taken() {
  const { t } = useTranslation();
  const taken = Form.useWatch('commands') as DoorCommandWord[] | undefined;
  return (
    <>
      <Form.Item name="commands" label={t('mqtt.commands')} extra={t('mqtt.commands_hint')}>
        <Select
          mode="multiple"
          placeholder={t('mqtt.commands_none')}
          options={commands.map((value) => ({ value, label: t(`commands.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="as_confirmed" valuePropName="checked" hidden={(taken ?? []).length === 0}>
        <Checkbox>{t('mqtt.as_confirmed')}</Checkbox>
      </Form.Item>
      {(taken ?? []).length > 0 && (
        <Alert className={css.gap} type="warning" showIcon message={t('mqtt.commands_warning')} />
      )}
    </>
  );
}
