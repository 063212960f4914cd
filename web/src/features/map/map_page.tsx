import { EditOutlined, PlusOutlined, RollbackOutlined, SettingOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Door, FloorPlan } from '../../api/client';
import { api } from '../../api/client';
import { allOf, useDoors } from '../../api/queries';
import { answerOf } from '../../api/problem';
import { worstOf } from '../../ui/door_look';
import { LinkButton } from '../../ui/link_button';
import { Opened } from '../../ui/opened';
import { Empty, Page, Panel, Queried } from '../../ui/page';
import { usePhone } from '../../ui/phone';
import { useDoorCommands } from '../live/door_commands';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import { DoorCard } from './door_card';
import { DoorList } from './door_list';
import { doorsInside, inAlarm } from './inside';
import type { Item } from './layout';
import { isSame, placedOn } from './layout';
import css from './map.module.css';
import { DoorOnPlan, LinkOnPlan } from './marks';
import { PictureButton } from './picture_button';
import { PlanEdit } from './plan_edit';
import { PlanForm } from './plan_form';
import { PlanView } from './plan_view';

/** Another operator may have moved something. */
const look_again_ms = 60_000;

function usePlans() {
  return useQuery({
    queryKey: ['floor-plans'],
    queryFn: () =>
      allOf((cursor) => answerOf(api.GET('/floor-plans', { params: { query: { limit: 100, cursor } } }))),
    refetchInterval: look_again_ms,
  });
}

/** Floor plans with the doors on them, as they are now. */
export default function MapPage() {
  const { t } = useTranslation();
  const phone = usePhone();
  const plans = usePlans();
  const doors = useDoors();
  const mayEdit = useMay('doors', 'edit');
  const [search, setSearch] = useSearchParams();
  const [form, setForm] = useState<'new' | 'this' | null>(null);
  const [editing, setEditing] = useState(false);
  const all = plans.data ?? [];
  const plan = all.find((one) => one.id === search.get('plan')) ?? all[0] ?? null;
  const show = (id: string) => {
    setEditing(false);
    setSearch({ plan: id });
  };
  const add = mayEdit && (
    <Button
      icon={<PlusOutlined />}
      type={all.length === 0 ? 'primary' : 'default'}
      onClick={() => setForm('new')}
    >
      {t('map.add')}
    </Button>
  );
  return (
    <Page
      title={t('pages.map')}
      shape={phone ? 'flow' : 'fill'}
      note={plan && !editing && <PlanSwitch plans={all} plan={plan} onShow={show} />}
      actions={
        plan &&
        mayEdit &&
        !editing && (
          <>
            <Button
              icon={<SettingOutlined />}
              aria-label={t('map.settings')}
              onClick={() => setForm('this')}
            />
            {plan.picture !== null && (
              <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>
                {t('map.edit')}
              </Button>
            )}
            {add}
          </>
        )
      }
    >
      <Queried query={plans} rows={8}>
        {() => (
          <Queried query={doors} rows={8}>
            {(known) => {
              if (plan === null) {
                return (
                  <Panel>
                    <Empty title={t('map.none')} action={add}>
                      {t(mayEdit ? 'map.none_hint' : 'map.none_ask')}
                    </Empty>
                  </Panel>
                );
              }
              if (plan.picture === null)
                return <NoPicture plan={plan} onStored={() => void plans.refetch()} />;
              if (editing) {
                return (
                  <PlanEdit
                    key={plan.id}
                    plan={plan}
                    plans={all}
                    doors={known}
                    onDone={() => setEditing(false)}
                  />
                );
              }
              return <PlanWatch key={plan.id} plan={plan} plans={all} doors={known} onShow={show} />;
            }}
          </Queried>
        )}
      </Queried>
      {form !== null && (
        <Opened
          now={form === 'this' ? plan : null}
          load={() => answerOf(api.GET('/floor-plans/{id}', { params: { path: { id: plan!.id } } }))}
        >
          {(opened) => (
            <PlanForm
              plan={opened}
              onClose={() => setForm(null)}
              onSaved={(saved) => {
                setForm(null);
                show(saved.id);
              }}
              onRemoved={() => {
                setForm(null);
                setSearch({});
              }}
            />
          )}
        </Opened>
      )}
    </Page>
  );
}

/** Which plan is seen, and the way back to those that lead to it. */
function PlanSwitch({
  plans,
  plan,
  onShow,
}: {
  plans: FloorPlan[];
  plan: FloorPlan;
  onShow: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { branches } = useTree('areas');
  const pathOf = (one: FloorPlan) => {
    const path = branches.find((branch) => branch.id === one.area_id)?.path;
    return path === undefined ? one.name : `${path}: ${one.name}`;
  };
  const above = plans.find((one) => one.links.some((link) => link.plan_id === plan.id));
  return (
    <span className={css.switch}>
      {above && (
        <LinkButton
          to={`/map?plan=${above.id}`}
          icon={<RollbackOutlined />}
          aria-label={t('map.back_to', { plan: above.name })}
        >
          {above.name}
        </LinkButton>
      )}
      <Select
        aria-label={t('map.plan')}
        value={plan.id}
        onChange={onShow}
        showSearch
        optionFilterProp="label"
        popupMatchSelectWidth={false}
        options={plans.map((one) => ({ value: one.id, label: pathOf(one) }))}
      />
    </span>
  );
}

function NoPicture({ plan, onStored }: { plan: FloorPlan; onStored: () => void }) {
  const { t } = useTranslation();
  const mayEdit = useMay('doors', 'edit');
  return (
    <Panel>
      <Empty
        title={t('map.no_picture')}
        action={mayEdit && <PictureButton plan={plan} revision={plan.revision} onStored={onStored} primary />}
      >
        {t('map.no_picture_hint')}
      </Empty>
    </Panel>
  );
}

interface WatchProps {
  plan: FloorPlan;
  plans: FloorPlan[];
  doors: Door[];
  onShow: (id: string) => void;
}

function PlanWatch({ plan, plans, doors, onShow }: WatchProps) {
  const { branches } = useTree('areas');
  const commands = useDoorCommands();
  const [chosen, setChosen] = useState<Item | null>(null);
  const placed = useMemo(() => placedOn(plan), [plan]);
  const byId = useMemo(() => new Map(doors.map((door) => [door.id, door])), [doors]);
  const here = useMemo(
    () => placed.flatMap((one) => (one.kind === 'door' ? (byId.get(one.id) ?? []) : [])),
    [placed, byId],
  );
  const leads = useMemo(
    () =>
      placed.flatMap((one) => {
        const target = one.kind === 'link' && plans.find((other) => other.id === one.id);
        if (!target) return [];
        const inside = doorsInside(target, plans, branches, doors);
        return {
          id: target.id,
          name: target.name,
          inside,
          worst: worstOf(inside),
          alarms: inAlarm(inside).length,
        };
      }),
    [placed, plans, branches, doors],
  );
  const open = chosen?.kind === 'door' ? here.find((door) => door.id === chosen.id) : undefined;
  const spot = placed.find((one) => isSame(one, chosen)) ?? null;
  const close = () => {
    setChosen(null);
    document.getElementById(`mark-door-${chosen?.id ?? ''}`)?.focus();
  };
  const choose = useMemo(
    () => (item: Item) => (item.kind === 'link' ? onShow(item.id) : setChosen(item)),
    [onShow],
  );
  return (
    <div className={css.map}>
      <Panel className={css.plan}>
        <PlanView
          plan={{ ...plan, picture: plan.picture! }}
          reveal={spot}
          over={open && <DoorCard door={open} commands={commands} onClose={close} />}
        >
          {placed.map((one) => {
            const common = { placed: one, tools: null, onChoose: choose };
            const door = byId.get(one.id);
            if (one.kind === 'door') {
              return (
                door && <DoorOnPlan key={one.id} {...common} door={door} selected={isSame(one, chosen)} />
              );
            }
            const lead = leads.find((other) => other.id === one.id);
            return (
              lead && (
                <LinkOnPlan
                  key={`to-${one.id}`}
                  {...common}
                  name={lead.name}
                  worst={lead.worst}
                  alarms={lead.alarms}
                  selected={false}
                />
              )
            );
          })}
        </PlanView>
      </Panel>
      <DoorList doors={here} leads={leads} chosen={chosen} onChoose={choose} />
      <Alarms doors={[...new Set([...here, ...leads.flatMap((lead) => lead.inside)])]} />
    </div>
  );
}

/** Says alarms to those who do not see them. */
function Alarms({ doors }: { doors: Door[] }) {
  const { t } = useTranslation();
  const said = inAlarm(doors).map((door) => {
    const alarms = door.state.alarms.map((alarm) => t(`alarms.${alarm}`)).join(', ');
    return t('map.alarm_at', { door: door.name, alarms });
  });
  return (
    <div className="hidden-text" role="alert">
      {said.join(' ')}
    </div>
  );
}
