import { useState } from 'react';
import { Alert, Button, Checkbox, Modal, Progress, Upload } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Device } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { StateWord } from '../../ui/marks';
import { useProblemText } from '../../ui/problem_text';
import css from './devices.module.css';
import { compare, headOf, package_limit, sendPackage } from './update_package';
import type { PackageHead } from './update_package';
import type { Sent } from './update_queue';
import { useUpdateQueue } from './update_queue';

interface Chosen {
  name: string;
  bytes: Uint8Array;
  head: PackageHead;
}

/** One signed package for many controllers, each with its own progress and result. */
export function UpdateMany({ devices }: { devices: readonly Device[] }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const able = devices.filter((device) => device.state === 'online' && device.connection === 'encrypted');
  return (
    <>
      <Button disabled={able.length === 0} onClick={() => setOpen(true)}>
        {t('update_many.button')}
      </Button>
      <Modal
        open={open}
        title={t('update_many.title')}
        footer={null}
        maskClosable={false}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <Updating devices={able} />
      </Modal>
    </>
  );
}

function Updating({ devices }: { devices: readonly Device[] }) {
  const { t } = useTranslation();
  const [there] = useState(devices); // a device that restarts meanwhile stays in the list
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const queue = useUpdateQueue((id, signal, onSent) =>
    sendPackage(
      chosen!.bytes,
      (body) => answerOf(api.POST('/devices/{id}/update', { params: { path: { id } }, body, signal })),
      onSent,
    ),
  );
  const take = async (file: File) => {
    const bytes = new Uint8Array(await file.slice(0, package_limit + 1).arrayBuffer());
    const head = bytes.length > package_limit ? null : headOf(bytes);
    setRefused(head === null ? file.name : null);
    setChosen(head === null ? null : { name: file.name, bytes, head });
    if (head !== null)
      setPicked(
        new Set(there.filter((device) => compare(head, device.firmware) === 'newer').map(({ id }) => id)),
      );
  };
  const pick = (id: string, on: boolean) =>
    setPicked((before) => new Set(on ? [...before, id] : [...before].filter((other) => other !== id)));
  const left = there.filter(({ id }) => picked.has(id) && queue.of(id)?.state !== 'done');
  return (
    <div className={css.stack}>
      <Upload
        accept=".update"
        showUploadList={false}
        disabled={queue.busy}
        beforeUpload={(file: File) => {
          void take(file);
          return false;
        }}
      >
        <Button disabled={queue.busy}>{t('update_many.choose')}</Button>
      </Upload>
      <p className="quiet">{chosen ? `${chosen.name} · ${chosen.head.version}` : t('update_many.hint')}</p>
      {refused !== null && (
        <Alert type="error" showIcon role="alert" message={t('upkeep.update_none', { name: refused })} />
      )}
      <ul className={css.moves} aria-label={t('update_many.select')}>
        {there.map((device) => (
          <li key={device.id}>
            <Checkbox
              checked={picked.has(device.id)}
              disabled={queue.busy || chosen === null}
              onChange={(change) => pick(device.id, change.target.checked)}
            >
              <b>{device.name}</b> <span className="num quiet">{device.firmware}</span>
            </Checkbox>
            <Result sent={queue.of(device.id)} name={device.name} />
          </li>
        ))}
      </ul>
      {queue.busy ? (
        <Button onClick={queue.stop} block>
          {t('update_many.stop')}
        </Button>
      ) : (
        <Button
          type="primary"
          disabled={chosen === null || left.length === 0}
          onClick={() => void queue.send(left.map(({ id }) => id))}
          block
        >
          {queue.anyFailed ? t('update_many.failed_again') : t('update_many.go', { count: left.length })}
        </Button>
      )}
    </div>
  );
}

function Result({ sent, name }: { sent: Sent | undefined; name: string }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  if (!sent) return null;
  switch (sent.state) {
    case 'waiting':
      return <StateWord look="waiting">{t('update_many.waits')}</StateWord>;
    case 'sending':
      return <Progress percent={Math.floor(sent.share * 100)} size="small" aria-label={name} />;
    case 'stopped':
      return <span className="quiet">{t('update_many.not_sent')}</span>;
    case 'done':
      return <StateWord look="good">{t('update_many.done', { version: sent.version ?? '–' })}</StateWord>;
    case 'failed':
      return (
        <p className={css.foundError} role="alert">
          {textOf(sent.error)}
        </p>
      );
  }
}
