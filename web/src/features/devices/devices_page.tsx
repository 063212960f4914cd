import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Device } from '../../api/client';
import { useDevices } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Empty, Failure, Loading, Page, Panel } from '../../ui/page';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { useMay } from '../shell/me_context';
import { AddDevices } from './add_devices';
import { DeviceDrawer } from './device_drawer';
import css from './devices.module.css';

const idOf = (device: Device) => device.id;

export function DeviceState({ device }: { device: Device }) {
  const { t } = useTranslation();
  if (device.state === 'online') return <StateWord look="good">{t('device_states.online')}</StateWord>;
  const look = device.reason === 'connecting' ? 'waiting' : 'bad';
  return (
    <StateWord look={look}>
      {device.reason === 'connecting' ? t('device_reasons.connecting') : t('device_states.offline')}
    </StateWord>
  );
}

export default function DevicesPage() {
  const { t } = useTranslation();
  const devices = useDevices();
  const mayEdit = useMay('edit');
  const [search, setSearch] = useSearchParams();
  const adding = search.get('add') === '1';
  const openId = search.get('device');
  const items = devices.data ?? [];
  const open = items.find((device) => device.id === openId);
  const close = useCallback(() => setSearch({}, { replace: true }), [setSearch]);

  const columns: Column<Device>[] = [
    {
      key: 'name',
      title: t('devices.name'),
      width: 'minmax(140px, 1.4fr)',
      render: (device) => <b>{device.name}</b>,
    },
    {
      key: 'state',
      title: t('devices.state'),
      width: '110px',
      render: (device) => <DeviceState device={device} />,
    },
    {
      key: 'why',
      title: t('devices.why'),
      width: 'minmax(120px, 1.4fr)',
      render: (device) =>
        device.reason === null || device.reason === 'connecting' ? '' : t(`device_reasons.${device.reason}`),
    },
    {
      key: 'since',
      title: t('settings.since'),
      width: '124px',
      render: (device) => <Time at={device.since} />,
    },
    {
      key: 'address',
      title: t('devices.address'),
      width: 'minmax(150px, 1fr)',
      render: (device) => <span className="num quiet">{`${device.address}:${device.port}`}</span>,
    },
    {
      key: 'people',
      title: t('devices.people'),
      width: '80px',
      render: (device) => <span className="num">{device.people?.used ?? ''}</span>,
    },
    {
      key: 'firmware',
      title: t('devices.firmware'),
      width: '90px',
      render: (device) => <span className="num quiet">{device.firmware}</span>,
    },
  ];
  const phone = (device: Device) => (
    <div className={css.phone}>
      <b className="cut">{device.name}</b>
      <DeviceState device={device} />
      <span className="quiet num cut">{`${device.address}:${device.port}`}</span>
      <Time at={device.since} className="quiet" />
    </div>
  );

  const addButton = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setSearch({ add: '1' })}>
      {t('devices.add')}
    </Button>
  );
  const online = items.filter((device) => device.state === 'online').length;
  return (
    <Page
      title={t('pages.devices')}
      note={items.length > 0 ? t('devices.note', { online, count: items.length }) : undefined}
      actions={items.length > 0 && addButton}
      shape="fill"
    >
      <Panel className={css.panel}>
        {devices.isPending ? (
          <Loading />
        ) : devices.error ? (
          <Failure error={devices.error} onRetry={() => void devices.refetch()} />
        ) : items.length === 0 ? (
          <Empty title={t('devices.empty')} action={addButton}>
            {t('devices.empty_hint')}
          </Empty>
        ) : (
          <VirtualTable
            label={t('pages.devices')}
            columns={columns}
            rows={items}
            keyOf={idOf}
            phone={phone}
            selected={openId}
            onOpen={(device) => setSearch({ device: device.id })}
          />
        )}
      </Panel>
      <AddDevices open={adding && mayEdit} onClose={close} />
      <DeviceDrawer device={open} onClose={close} />
    </Page>
  );
}
