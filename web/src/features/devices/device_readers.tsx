import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device, DeviceReader } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { outsideText } from '../../ui/outside_text';
import { useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';

/** Long enough to walk to a reader. */
const pairing_minutes = 5;

const pathOf = (device: Device) => ({ params: { path: { id: device.id } } });
const looks = { online: 'good', offline: 'bad', unpaired: 'waiting', pairing: 'waiting' } as const;

/** The readers on the controller's lines, as the controller sees them now, and their pairing. */
export function DeviceReaders({ device }: { device: Device }) {
  const { t } = useTranslation();
  const online = device.state === 'online' && device.connection === 'encrypted';
  const readers = useQuery({
    queryKey: ['readers', device.id],
    queryFn: () => answerOf(api.GET('/devices/{id}/readers', pathOf(device))),
    enabled: online,
    refetchInterval: 2_000,
  });
  const lines = online ? (readers.data?.lines ?? []) : [];
  if (lines.length === 0) return null;
  return (
    <section aria-label={t('upkeep.readers')}>
      <h3 className={css.sectionTitle}>{t('upkeep.readers')}</h3>
      {lines.map((line) => (
        <div key={line.line} className={css.readers}>
          <p className="quiet">
            {t('upkeep.reader_line', { device: line.device, baud: line.baud })}
            {line.fault !== null && <StateWord look="bad">{outsideText(line.fault)}</StateWord>}
          </p>
          <ul>
            {line.readers.map((reader) => (
              <OneReader key={reader.address} device={device} line={line.line} reader={reader} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

interface Place {
  device: Device;
  line: number;
  reader: DeviceReader;
}

function OneReader({ device, line, reader }: Place) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const mayPair = useMay('devices', 'administer');
  const { pair, cancel, asked } = usePairing({ device, line, reader });
  const names = { number: reader.number, door: reader.door_name ?? '–' };
  const ask = () =>
    modal.confirm({
      title: t('upkeep.pair_title', names),
      content: (
        <>
          <p>{t('upkeep.pair_hint')}</p>
          <p>{t('upkeep.pair_mode', { minutes: pairing_minutes })}</p>
          <p>{t('upkeep.pair_wire')}</p>
          {reader.state === 'offline' && <p>{t('upkeep.pair_again')}</p>}
        </>
      ),
      okText: t('upkeep.pair'),
      cancelText: t('common.cancel'),
      onOk: () => pair.mutateAsync().catch(() => undefined),
    });
  return (
    <li>
      <StateWord look={looks[reader.state]}>{t(`upkeep.reader_states.${reader.state}`)}</StateWord>
      <span className="cut">
        {t('upkeep.reader', names)}
        {reader.direction !== 'none' && ` · ${t(`directions.${reader.direction}`)}`}
      </span>
      <span className="quiet cut">{reader.model}</span>
      {mayPair && reader.state === 'pairing' && (
        <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('common.cancel')}
        </Button>
      )}
      {mayPair && (reader.state === 'unpaired' || reader.state === 'offline') && (
        <Button size="small" onClick={ask} aria-label={t('upkeep.pair_of', names)}>
          {t('upkeep.pair')}
        </Button>
      )}
      <p role="status" className="quiet">
        {reader.state === 'pairing'
          ? t('upkeep.pairing_now', { minutes: pairing_minutes })
          : asked && t(reader.state === 'online' ? 'upkeep.pairing_done' : 'upkeep.pairing_over')}
      </p>
    </li>
  );
}

/** `asked`: this page has opened the window, and says what became of it. */
function usePairing({ device, line, reader }: Place) {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const textOf = useProblemText();
  const [asked, setAsked] = useState(false);
  const settled = (opened: boolean) => async () => {
    await queryClient.invalidateQueries({ queryKey: ['readers', device.id] });
    setAsked(opened);
  };
  const onError = (error: unknown) =>
    notification.error({
      message: t('upkeep.pair_of', { number: reader.number }),
      description: textOf(error),
    });
  const pair = useMutation({
    mutationFn: () => {
      const body = { line, address: reader.address, minutes: pairing_minutes };
      return answerOf(api.POST('/devices/{id}/readers/pair', { ...pathOf(device), body }));
    },
    onSuccess: settled(true),
    onError,
  });
  const cancel = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/devices/{id}/readers/cancel-pairing', { ...pathOf(device), body: { line } })),
    onSuccess: settled(false),
    onError,
  });
  return { pair, cancel, asked };
}
