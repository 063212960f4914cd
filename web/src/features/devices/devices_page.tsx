import { DownloadOutlined, PlusOutlined, UploadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Device } from '../../api/client';
import { useDevices } from '../../api/queries';
import { endingOf } from '../../ui/certificate_end';
import { CertificateWord } from '../../ui/certificate_word';
import { LinkButton } from '../../ui/link_button';
import { StateWord } from '../../ui/marks';
import { Empty, Failure, Loading, Page, Panel } from '../../ui/page';
import { usePhone } from '../../ui/phone';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import organisationCss from '../organisation/organisation.module.css';
import { below } from '../organisation/branches';
import { TreePanel } from '../organisation/tree_panel';
import { useTree } from '../organisation/trees';
import { csvOf } from '../people/import/csv';
import { download } from '../people/import/download';
import { useMay } from '../shell/me_context';
import { AddDevices, AddingNote } from './add_devices';
import { DeviceDrawer } from './device_drawer';
import css from './devices.module.css';
import { placeOf } from './found_list';
import { deviceSheetOf } from './list_columns';
import { MoveMany } from './move_devices';
import { UpdateMany } from './update_many';

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

/** The devices that are shown as a file that an import can read, without passwords. */
function ExportDevices({ devices }: { devices: readonly Device[] }) {
  const { t } = useTranslation();
  const onPhone = usePhone();
  const { branches } = useTree('areas');
  const save = () =>
    download(
      'devices.csv',
      csvOf(
        deviceSheetOf(
          devices,
          branches,
          (column) => t(`device_columns.${column}`),
          (connection) => t(`device_connections.${connection}`),
        ),
      ),
    );
  return (
    <Button icon={<DownloadOutlined />} aria-label={t('device_list.export')} onClick={save}>
      {!onPhone && t('device_list.export')}
    </Button>
  );
}

export default function DevicesPage() {
  const { t } = useTranslation();
  const devices = useDevices();
  const mayAdd = useMay('devices', 'administer');
  const mayEdit = useMay('devices', 'edit');
  const onPhone = usePhone();
  const [search, setSearch] = useSearchParams();
  const adding = search.get('add') === '1';
  const openId = search.get('device');
  const area = search.get('area');
  const { branches } = useTree('areas');
  const all = useMemo(() => devices.data ?? [], [devices.data]);
  const items = useMemo(() => {
    if (area === null) return all;
    const within = below(branches, area);
    return all.filter((device) => device.area_id !== null && within.has(device.area_id));
  }, [all, branches, area]);
  const open = all.find((device) => device.id === openId);
  const show = useCallback(
    (more: Record<string, string>) => setSearch({ ...(area === null ? {} : { area }), ...more }),
    [area, setSearch],
  );
  const close = useCallback(
    () => setSearch(area === null ? {} : { area }, { replace: true }),
    [area, setSearch],
  );

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
        device.reason === null && endingOf(device.certificate_until) !== null ? (
          <CertificateWord until={device.certificate_until} />
        ) : device.reason === null && device.connection === 'in_clear' ? (
          <StateWord look="bad">{t('devices.in_clear')}</StateWord>
        ) : device.reason !== null && device.reason !== 'connecting' ? (
          t(`device_reasons.${device.reason}`)
        ) : device.password_issue !== null ? (
          <StateWord look="waiting">{t(`upkeep.password_${device.password_issue}`)}</StateWord>
        ) : (
          ''
        ),
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
      render: (device) => <span className="num quiet">{placeOf(device)}</span>,
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
      {device.connection === 'in_clear' && <StateWord look="bad">{t('devices.in_clear')}</StateWord>}
      <span className="quiet num cut">{placeOf(device)}</span>
      <Time at={device.since} className="quiet" />
    </div>
  );

  const addButton = mayAdd && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => show({ add: '1' })}>
      {t('devices.add')}
    </Button>
  );
  const online = all.filter((device) => device.state === 'online').length;
  return (
    <Page
      title={t('pages.devices')}
      note={all.length > 0 ? t('devices.note', { online, count: all.length }) : undefined}
      actions={
        <>
          {all.length > 0 && <ExportDevices devices={items} />}
          {mayAdd && !onPhone && all.length > 0 && (
            <>
              <UpdateMany devices={items} />
              <MoveMany devices={items} />
            </>
          )}
          {mayAdd && !onPhone && (
            <LinkButton to="/devices/import" icon={<UploadOutlined />}>
              {t('device_list.import')}
            </LinkButton>
          )}
          {all.length > 0 && addButton}
        </>
      }
      shape="fill"
    >
      <div className={organisationCss.beside}>
        <TreePanel
          tree="areas"
          selected={area}
          onSelect={(id) => setSearch(id === null ? {} : { area: id }, { replace: true })}
          mayEdit={mayEdit}
          count={devices.data?.length}
        />
        <Panel className={css.panel}>
          {!adding && <AddingNote onShow={() => show({ add: '1' })} />}
          {devices.isPending ? (
            <Loading />
          ) : devices.error ? (
            <Failure error={devices.error} onRetry={() => void devices.refetch()} />
          ) : items.length === 0 && area !== null ? (
            <Empty title={t('devices.area_empty')} action={addButton}>
              {t('devices.area_empty_hint')}
            </Empty>
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
              onOpen={(device) => show({ device: device.id })}
            />
          )}
        </Panel>
      </div>
      <AddDevices open={adding && mayAdd} area={area} onClose={close} />
      <DeviceDrawer device={open} onClose={close} />
    </Page>
  );
}
