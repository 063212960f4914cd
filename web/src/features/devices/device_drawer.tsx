import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox, Drawer, Form, Input, Space } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';

import type { Device } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useDoors } from '../../api/queries';
import { CertificateWord } from '../../ui/certificate_word';
import { changedIn } from '../../ui/changed';
import { Fingerprint, print_form, printOf } from '../../ui/fingerprint';
import { NumberField } from '../../ui/number_field';
import { Opened, SaveProblem } from '../../ui/opened';
import { Facts } from '../../ui/page';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import { Time } from '../../ui/site';
import { BranchSelect } from '../organisation/branch_select';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import { ClockOff } from './clock_off';
import { DeviceState } from './devices_page';
import css from './devices.module.css';
import { DeviceReaders } from './device_readers';
import { DeviceUpkeep } from './device_upkeep';
import { DoorSettings } from './door_settings';
import { KeypadChanges } from './keypad_changes';
import { KeypadPassword } from './keypad_password';
import { KeypadPeople } from './keypad_people';
import { RefusedPeople } from './refused_people';
import { placeOf } from './found_list';

/** One controller: how it is, why, and how it is reached. */
export function DeviceDrawer({ device, onClose }: { device: Device | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={device !== undefined}
      onClose={onClose}
      width={560}
      mask={false}
      title={device?.name ?? t('devices.details')}
      extra={
        device && (
          <Space size="middle">
            <DeviceState device={device} />
            <DeviceRemoval device={device} onClose={onClose} />
          </Space>
        )
      }
      destroyOnHidden
    >
      {device && <Details key={device.id} device={device} />}
    </Drawer>
  );
}

function DeviceRemoval({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const own = (useDoors().data ?? []).filter((door) => door.device_id === device.id);
  if (!useMay('devices', 'administer')) return null;
  return (
    <Removal
      title={t('devices.delete', { name: device.name })}
      loss={t('devices.delete_hint', { doors: own.map((door) => door.name).join(', ') || '–' })}
      remove={() => answerOf(api.DELETE('/devices/{id}', { params: { path: { id: device.id } } }))}
      onDone={onClose}
    />
  );
}

function Details({ device }: { device: Device }) {
  const { t } = useTranslation();
  const mayEdit = useMay('devices', 'administer');
  const doors = useDoors();
  const own = (doors.data ?? []).filter((door) => door.device_id === device.id);
  const inClear = device.connection === 'in_clear';
  return (
    <div className={css.details}>
      {device.reason !== null && (
        <Alert
          type={device.reason === 'connecting' ? 'info' : 'error'}
          showIcon
          message={
            <>
              {t(`device_reasons.${device.reason}`)}
              {device.state === 'offline' && (
                <>
                  {' · '}
                  <Time at={device.since} />
                </>
              )}
            </>
          }
          description={t(`device_advice.${device.reason}`)}
        />
      )}
      {inClear && (
        <Alert
          type="warning"
          showIcon
          message={t('devices.in_clear')}
          description={t('devices.in_clear_hint')}
        />
      )}
      {device.missing_events > 0 && (
        <Alert
          type="warning"
          showIcon
          message={t('devices.missing_events', { count: device.missing_events })}
        />
      )}
      <ClockOff offset={device.state === 'online' ? device.clock_offset_ms : null} />
      <RefusedPeople device={device} />
      <KeypadPeople device={device} />
      {own.map((door) => (
        <KeypadChanges key={door.id} door={door} />
      ))}
      <Facts
        items={[
          device.port === 0
            ? [t('devices.registration'), device.address]
            : [t('devices.address'), <span className="num">{placeOf(device)}</span>],
          [t('devices.area'), <AreaPath id={device.area_id} />],
          [t('devices.serial'), <span className="num">{device.serial || '–'}</span>],
          [t('devices.model'), device.model],
          [t('devices.firmware'), <span className="num">{device.firmware}</span>],
          [t('settings.since'), <Time at={device.since} />],
          [t('devices.clock'), <Clock offset={device.clock_offset_ms} />],
          [t('devices.clock_kept'), <ClockKept device={device} />],
          [t('devices.people'), <Used usage={device.people} />],
          [t('devices.records'), <Used usage={device.records} />],
          [t('devices.certificate'), t(`devices.pinning_${device.pinning}`)],
          ...ending(t('services.certificate_ends'), device.certificate_until),
        ]}
      />
      {!inClear && (
        <p>
          <span className="quiet">{t('devices.fingerprint')}</span>
          <Fingerprint of={device.fingerprint} />
        </p>
      )}
      <DeviceReaders device={device} />
      <DeviceUpkeep device={device} />
      {mayEdit && !inClear && <KeypadPassword device={device} />}
      {mayEdit && (
        <Opened
          now={device}
          load={() => answerOf(api.GET('/devices/{id}', { params: { path: { id: device.id } } }))}
        >
          {(opened, reopen) => <Connection device={opened} reason={device.reason} onSaved={reopen} />}
        </Opened>
      )}
      {own.length > 0 && (
        <Link to={`/live?device=${device.id}`}>{t('devices.show_doors', { count: own.length })}</Link>
      )}
      {inClear && <p className="quiet">{t('devices.in_clear_lacks')}</p>}
      {own.map((door) => (
        <DoorSettings
          key={`${door.id} ${door.at_keypad === null}`}
          door={door}
          others={device.doors.length > 1}
          inClear={inClear}
        />
      ))}
    </div>
  );
}

function AreaPath({ id }: { id: string | null }) {
  const { branches } = useTree('areas');
  return <>{branches.find((branch) => branch.id === id)?.path ?? '–'}</>;
}

/** Of the certificate, where the controller has said it. */
function ending(name: string, until: string | null): [string, ReactNode][] {
  if (until === null) return [];
  const value = (
    <>
      <Time at={until} /> <CertificateWord until={until} />
    </>
  );
  return [[name, value]];
}

function Clock({ offset }: { offset: number | null }) {
  const { t } = useTranslation();
  if (offset === null) return <>–</>;
  const seconds = Math.round(Math.abs(offset) / 1000);
  if (seconds < 2) return <>{t('devices.clock_right')}</>;
  return <>{t(offset > 0 ? 'devices.clock_ahead' : 'devices.clock_behind', { seconds })}</>;
}

/** Who vouches for the clock: without anybody, schedules deny. */
function ClockKept({ device }: { device: Device }) {
  const { t } = useTranslation();
  if (device.clock_trust === null) return <>–</>;
  if (device.clock_trust === 'not_set') return <strong>{t('devices.clock_not_set')}</strong>;
  return <>{t(`devices.network_time_${device.network_time ?? 'unsynchronised'}`)}</>;
}

function Used({ usage }: { usage: Device['people'] }) {
  const { t, i18n } = useTranslation();
  if (usage === null) return <>–</>;
  const number = (value: number) => value.toLocaleString(i18n.language);
  const text = t('devices.used', { used: number(usage.used), capacity: number(usage.capacity) });
  return <span className="num">{text}</span>;
}

interface Typed {
  name: string;
  area_id: string | null;
  address: string;
  port: number;
  account: string;
  password?: string;
  fingerprint?: string;
  replaced?: boolean;
}

/** Whether the stored password would go elsewhere: nobody can read it, so it has to be typed again. */
function goesElsewhere(device: Device, typed: Partial<Typed> | undefined): boolean {
  if (!typed) return false;
  const print = printOf(typed.fingerprint ?? '');
  return (
    (['address', 'port', 'account'] as const).some(
      (member) => typed[member] !== undefined && typed[member] !== device[member],
    ) ||
    (print !== '' && print !== device.fingerprint) ||
    typed.replaced === true
  );
}

interface ConnectionProps {
  /** As it was when somebody began to change it. */
  device: Device;
  /** Why it is offline now. */
  reason: Device['reason'];
  onSaved: (device: Device) => void;
}

function Connection({ device, reason, onSaved }: ConnectionProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ password, fingerprint, replaced, ...rest }: Typed) => {
      const secret = password ? { password } : {};
      const print = fingerprint?.trim() ? { fingerprint: printOf(fingerprint) } : {};
      const other = replaced ? { replaced } : {};
      const params = { path: { id: device.id } };
      return answerOf(
        api.PATCH('/devices/{id}', {
          params,
          body: { ...changedIn(device, rest), ...secret, ...print, ...other, revision: device.revision },
        }),
      );
    },
    onSuccess: (saved) => {
      onSaved(saved);
      form.resetFields(['password', 'fingerprint', 'replaced']);
      void message.success(t('common.saved'));
      for (const key of ['devices', 'doors', 'areas']) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const { name, area_id, address, port, account } = device;
  const elsewhere = goesElsewhere(device, Form.useWatch([], form));
  return (
    <section aria-label={t('devices.connect')}>
      <h3 className={css.sectionTitle}>{t('devices.connect')}</h3>
      <SaveProblem error={save.error} className={css.gap} />
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name, area_id, address, port, account }}
        onFinish={(typed) => save.mutate(typed)}
        className={css.pairs}
      >
        <Form.Item
          name="name"
          label={t('devices.name')}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="area_id" label={t('devices.area')}>
          <BranchSelect tree="areas" none={t('devices.area_none')} />
        </Form.Item>
        {port === 0 ? (
          <Form.Item label={t('devices.registration')}>
            <Input value={address} readOnly />
          </Form.Item>
        ) : (
          <Form.Item
            name="address"
            label={t('devices.address')}
            rules={[{ required: true, whitespace: true, message: t('devices.address_missing') }]}
          >
            <Input maxLength={253} spellCheck={false} />
          </Form.Item>
        )}
        <Form.Item name="account" label={t('devices.account')} rules={[{ required: true }]}>
          <Input maxLength={32} spellCheck={false} />
        </Form.Item>
        {port !== 0 && (
          <Form.Item
            name="port"
            label={t('devices.port')}
            rules={[{ required: true, message: t('devices.port_bad') }]}
          >
            <NumberField min={1} max={65_535} style={{ width: '100%' }} />
          </Form.Item>
        )}
        <Form.Item
          name="password"
          label={t('devices.password')}
          extra={t(elsewhere ? 'devices.password_elsewhere' : 'devices.password_keep')}
          rules={[{ required: elsewhere, message: t('devices.password_missing') }]}
          dependencies={['address', 'port', 'account', 'fingerprint', 'replaced']}
        >
          <Input.Password maxLength={128} autoComplete="new-password" />
        </Form.Item>
        {reason === 'another_device' && (
          <Form.Item name="replaced" valuePropName="checked" className={css.wide}>
            <Checkbox>{t('devices.replaced')}</Checkbox>
          </Form.Item>
        )}
        {(reason === 'certificate_changed' || (port === 0 && reason === 'not_registered')) && (
          <Form.Item
            name="fingerprint"
            label={t('devices.fingerprint')}
            extra={t('devices.certificate_new')}
            rules={[{ pattern: print_form, message: t('devices.fingerprint_bad') }]}
          >
            <Input className="mono" spellCheck={false} />
          </Form.Item>
        )}
        <Button htmlType="submit" loading={save.isPending} className={css.saveButton}>
          {t('common.save')}
        </Button>
      </Form>
    </section>
  );
}
