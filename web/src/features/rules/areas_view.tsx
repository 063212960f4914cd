import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { DoorReader, PassbackArea, RulePerson } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useDoors, usePassbackAreas } from '../../api/queries';
import { Opened } from '../../ui/opened';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { useMay } from '../shell/me_context';
import { AreaForm } from './area_form';
import { PeopleField } from './people_field';
import css from './rules.module.css';

const idOf = (area: PassbackArea) => area.id;
const pathOf = (area: PassbackArea) => ({ params: { path: { id: area.id } } });

/** Parts of the site that nobody enters twice without having left. */
export function AreasView() {
  const { t } = useTranslation();
  const areas = usePassbackAreas();
  const doors = useDoors();
  const mayEdit = useMay('doors', 'edit');
  const [search, setSearch] = useSearchParams();
  const openId = search.get('area');
  const close = () => setSearch({}, { replace: true });
  const items = areas.data ?? [];
  const open = openId === 'new' ? null : items.find((one) => one.id === openId);
  const readerText = ({ door_id, direction }: DoorReader) => {
    const door = doors.data?.find((one) => one.id === door_id)?.name ?? '…';
    return t(`rules.at_${direction}`, { door });
  };
  const readers = (list: readonly DoorReader[]) => list.map(readerText).join(', ') || '–';
  const kind = (area: PassbackArea) =>
    area.passback === 'timed'
      ? t('rules.passback_timed_for', { minutes: area.minutes })
      : t(`rules.passback_${area.passback}`);
  const add = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setSearch({ area: 'new' })}>
      {t('rules.area_add')}
    </Button>
  );
  const columns: Column<PassbackArea>[] = [
    {
      key: 'name',
      title: t('common.name'),
      width: 'minmax(130px, 1fr)',
      render: (area) => <b>{area.name}</b>,
    },
    { key: 'kind', title: t('rules.passback'), width: 'minmax(150px, 1fr)', render: kind },
    {
      key: 'in',
      title: t('rules.leads.in'),
      width: 'minmax(160px, 1.4fr)',
      render: (area) => readers(area.entries),
    },
    {
      key: 'out',
      title: t('rules.leads.out'),
      width: 'minmax(160px, 1.4fr)',
      render: (area) => readers(area.exits),
    },
    {
      key: 'reset',
      title: t('rules.reset_at'),
      width: '120px',
      render: (area) => <span className="num">{area.reset_at?.slice(0, 5) ?? t('rules.reset_never')}</span>,
    },
  ];
  const phone = (area: PassbackArea) => (
    <div>
      <b>{area.name}</b> <span className="quiet">{kind(area)}</span>
      <div className="quiet cut">{readers([...area.entries, ...area.exits])}</div>
    </div>
  );
  return (
    <>
      <Panel title={t('rules.view_areas')} actions={items.length > 0 && add}>
        {areas.error ? (
          <Failure error={areas.error} onRetry={() => void areas.refetch()} />
        ) : areas.isPending || doors.isPending ? (
          <Loading />
        ) : items.length === 0 ? (
          <Empty title={t('rules.areas_empty')} action={add}>
            {t('rules.areas_empty_hint')}
          </Empty>
        ) : (
          <VirtualTable
            label={t('rules.view_areas')}
            columns={columns}
            rows={items}
            atMost="75vh"
            keyOf={idOf}
            phone={phone}
            selected={openId}
            onOpen={(area) => setSearch({ area: area.id })}
          />
        )}
      </Panel>
      <Drawer
        open={openId === 'new' || open !== undefined}
        onClose={close}
        width={620}
        title={open?.name ?? t('rules.area_new')}
        destroyOnHidden
        extra={
          open &&
          mayEdit && (
            <Removal
              title={t('rules.area_delete', { name: open.name })}
              loss={t('rules.area_delete_hint')}
              remove={() => answerOf(api.DELETE('/passback-areas/{id}', pathOf(open)))}
              stale="rules"
              onDone={close}
            />
          )
        }
      >
        {open !== undefined && doors.data && (
          <>
            {open && <Forgetting area={open} />}
            <Opened
              key={open?.id ?? 'new'}
              now={open}
              load={() => answerOf(api.GET('/passback-areas/{id}', pathOf(open!)))}
            >
              {(opened) => <AreaForm area={opened} mayEdit={mayEdit} onClose={close} />}
            </Opened>
          </>
        )}
      </Drawer>
    </>
  );
}

/** For who stands before a door that takes them to be elsewhere. */
function Forgetting({ area }: { area: PassbackArea }) {
  const { t } = useTranslation();
  const { message, modal, notification } = App.useApp();
  const textOf = useProblemText();
  const mayControl = useMay('doors', 'control');
  const mayFind = useMay('people', 'view');
  const [people, setPeople] = useState<RulePerson[]>([]);
  const [busy, setBusy] = useState(false);
  if (!mayControl) return null;
  const failed = (error: unknown) =>
    notification.error({ message: t('common.failed'), description: textOf(error) });
  const pardon = async () => {
    setBusy(true);
    for (const person of people) {
      try {
        const body = { person_id: person.id };
        await answerOf(api.POST('/passback-areas/{id}/pardons', { ...pathOf(area), body }));
        setPeople((before) => before.filter(({ id }) => id !== person.id));
        void message.success(t('rules.pardoned', { name: person.name }));
      } catch (error) {
        failed(error);
      }
    }
    setBusy(false);
  };
  const reset = () =>
    modal.confirm({
      title: t('rules.reset_title', { name: area.name }),
      content: t('rules.reset_hint'),
      okText: t('rules.reset'),
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () =>
        answerOf(api.POST('/passback-areas/{id}/reset', pathOf(area))).then(
          () => void message.success(t('rules.reset_done', { name: area.name })),
          failed,
        ),
    });
  return (
    <section className={css.forgetting} aria-label={t('rules.forget')}>
      <h3>{t('rules.forget')}</h3>
      <p className="quiet">{t('rules.forget_hint')}</p>
      <div className={css.forget}>
        {mayFind && (
          <>
            <PeopleField
              value={people}
              onChange={setPeople}
              label={t('rules.pardon_who')}
              placeholder={t('rules.pardon_who')}
            />
            <Button loading={busy} disabled={people.length === 0} onClick={() => void pardon()}>
              {t('rules.pardon')}
            </Button>
          </>
        )}
        <Button onClick={reset}>{t('rules.reset')}</Button>
      </div>
    </section>
  );
}
