import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Form, Progress, Upload } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Facts } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { NewPasswordField } from '../entry/password_field';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';
import { MoveDevices } from './move_devices';
import { useRestart } from './restart';
import type { PackageHead } from './update_package';
import { compare, headOf, package_limit, sendPackage } from './update_package';

type Open = 'update' | 'password' | null;

const pathOf = (device: Device) => ({ params: { path: { id: device.id } } });

/** What keeps a controller going: its clock, a restart, an update, another address, another password. */
export function DeviceUpkeep({ device }: { device: Device }) {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const textOf = useProblemText();
  const [mayControl, mayAdminister] = [useMay('devices', 'control'), useMay('devices', 'administer')];
  const [open, setOpen] = useState<Open>(null);
  const [moving, setMoving] = useState(false);
  const away = device.state !== 'online';
  const inClear = device.connection === 'in_clear';
  const setTime = useMutation({
    mutationFn: () => answerOf(api.POST('/devices/{id}/time', pathOf(device))),
    onSuccess: ({ clock_offset_ms }) =>
      void message.success(t('upkeep.time_done', { milliseconds: clock_offset_ms })),
    onError: (error) => notification.error({ message: t('upkeep.time'), description: textOf(error) }),
  });
  const restart = useRestart();
  if (!mayControl) return null;
  const toggle = (one: Open) => setOpen(open === one ? null : one);
  return (
    <section aria-label={t('upkeep.title')}>
      <h3 className={css.sectionTitle}>{t('upkeep.title')}</h3>
      {device.password_issue !== null && mayAdminister && (
        <Alert
          className={css.gap}
          type="warning"
          showIcon
          message={t(`upkeep.password_${device.password_issue}`)}
          description={t(`upkeep.password_${device.password_issue}_hint`)}
        />
      )}
      <div className={css.upkeep}>
        <Button disabled={away} loading={setTime.isPending} onClick={() => setTime.mutate()}>
          {t('upkeep.time')}
        </Button>
        {mayAdminister && !inClear && (
          <>
            <Button disabled={away} onClick={() => toggle('password')} aria-expanded={open === 'password'}>
              {t('upkeep.password')}
            </Button>
            <Button disabled={away} onClick={() => setMoving(true)}>
              {t('upkeep.move')}
            </Button>
            <Button disabled={away} onClick={() => toggle('update')} aria-expanded={open === 'update'}>
              {t('upkeep.update')}
            </Button>
          </>
        )}
        {mayAdminister && (
          <Button danger disabled={away} onClick={() => restart(device)}>
            {t('upkeep.restart')}
          </Button>
        )}
      </div>
      {open === 'password' && <PasswordChange device={device} onDone={() => setOpen(null)} />}
      {open === 'update' && <Update device={device} />}
      <MoveDevices targets={moving ? [device] : []} onClose={() => setMoving(false)} />
    </section>
  );
}

function PasswordChange({ device, onDone }: { device: Device; onDone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const change = useMutation({
    mutationFn: (body: { password: string }) =>
      answerOf(api.POST('/devices/{id}/password', { ...pathOf(device), body })),
    onSuccess: () => {
      void message.success(t('upkeep.password_done'));
      void queryClient.invalidateQueries({ queryKey: ['devices'] });
      onDone();
    },
  });
  return (
    <Form className={css.inset} layout="vertical" requiredMark={false} onFinish={change.mutate}>
      {change.error && <Alert className={css.gap} type="error" showIcon message={textOf(change.error)} />}
      <NewPasswordField name="password" label={t('devices.new_password')} account={device.account} />
      <p className="quiet">{t('upkeep.password_where', { account: device.account })}</p>
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t('upkeep.password_go')}
      </Button>
    </Form>
  );
}

interface Chosen {
  name: string;
  bytes: Uint8Array;
  head: PackageHead | null;
}

async function chosenFrom(file: File): Promise<Chosen> {
  const bytes = new Uint8Array(await file.slice(0, package_limit + 1).arrayBuffer());
  return { name: file.name, bytes, head: bytes.length > package_limit ? null : headOf(bytes) };
}

/** A signed package on its way to one controller, which says at the end whether it takes it. */
function Update({ device }: { device: Device }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [share, setShare] = useState(0);
  const stop = useRef<AbortController | null>(null);
  const send = useMutation({
    mutationFn: ({ bytes }: Chosen) => {
      const { signal } = (stop.current = new AbortController());
      setShare(0);
      return sendPackage(
        bytes,
        (body) => answerOf(api.POST('/devices/{id}/update', { ...pathOf(device), body, signal })),
        setShare,
      );
    },
  });
  const comparison = chosen?.head ? compare(chosen.head, device.firmware) : null;
  const failed = send.error !== null && !(send.error instanceof DOMException);
  return (
    <div className={css.inset}>
      <Upload
        accept=".update"
        showUploadList={false}
        disabled={send.isPending}
        beforeUpload={(file: File) => {
          send.reset();
          void chosenFrom(file).then(setChosen);
          return false;
        }}
      >
        <Button disabled={send.isPending}>{t('upkeep.update_choose')}</Button>
      </Upload>
      <p className="quiet">{t('upkeep.update_hint', { version: device.firmware })}</p>
      {chosen !== null && chosen.head === null && (
        <Alert type="error" showIcon role="alert" message={t('upkeep.update_none', { name: chosen.name })} />
      )}
      {chosen?.head && comparison && (
        <>
          <Facts
            items={[
              [t('upkeep.update_file'), chosen.name],
              [t('devices.firmware'), <span className="num">{chosen.head.version}</span>],
              [t('upkeep.update_for'), `${chosen.head.product} · ${chosen.head.architecture}`],
              [t('upkeep.update_over'), <span className="num">{chosen.head.minimum}</span>],
            ]}
          />
          <p>
            <StateWord look={comparison === 'newer' ? 'good' : comparison === 'unknown' ? 'waiting' : 'bad'}>
              {t(`upkeep.update_is.${comparison}`, { version: device.firmware })}
            </StateWord>
          </p>
          {send.isPending ? (
            <>
              <Progress percent={Math.floor(share * 100)} aria-label={t('upkeep.update')} />
              <Button onClick={() => stop.current?.abort()}>{t('common.cancel')}</Button>
            </>
          ) : send.data ? (
            <Alert
              type="success"
              showIcon
              role="status"
              message={t('upkeep.update_done', { version: send.data })}
            />
          ) : (
            <Button type="primary" onClick={() => send.mutate(chosen)}>
              {t('upkeep.update_go', { version: chosen.head.version })}
            </Button>
          )}
          {failed && <Alert type="error" showIcon role="alert" message={textOf(send.error)} />}
        </>
      )}
    </div>
  );
}
