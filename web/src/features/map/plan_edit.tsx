import { DeleteOutlined, RotateRightOutlined, UndoOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Select } from 'antd';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Door, FloorPlan } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { lookOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { SaveProblem } from '../../ui/opened';
import { Panel } from '../../ui/page';
import { SearchField } from '../../ui/search_field';
import type { Point } from './geometry';
import type { Item, Layout, Placed } from './layout';
import { begin, bodyOf, isSame, put, takeOff, turn, undo } from './layout';
import css from './map.module.css';
import type { Tools } from './marks';
import { DoorOnPlan, LinkOnPlan } from './marks';
import { PictureButton } from './picture_button';
import type { Ground } from './plan_view';
import { dragged_as, PlanView } from './plan_view';

const shown_at_most = 200;

interface Props {
  plan: FloorPlan;
  plans: FloorPlan[];
  doors: Door[];
  onDone: () => void;
}

/** Doors and links are put in their places; nothing of it is stored before it is saved. */
export function PlanEdit({ plan, plans, doors, onDone }: Props) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const [stored, setStored] = useState(plan);
  const [layout, setLayout] = useState<Layout>(() => begin(plan));
  const [chosen, setChosen] = useState<Item | null>(null);
  const ground = useRef<Ground | null>(null);
  const changed = layout.past.length > 0;
  useWarning(changed);

  const tools = useMemo<Tools>(
    () => ({
      put: (item, at) => setLayout((now) => put(now, item, at)),
      turn: (item, degrees) => setLayout((now) => turn(now, item, degrees)),
      takeOff: (item) => {
        setLayout((now) => takeOff(now, item));
        setChosen(null);
      },
    }),
    [],
  );
  const place = (item: Item, at: Point) => {
    tools.put(item, at);
    setChosen(item);
    setTimeout(() => document.getElementById(`mark-${item.kind}-${item.id}`)?.focus());
  };
  const placeInTheMiddle = (item: Item) => ground.current && place(item, ground.current.middle());

  const save = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/floor-plans/{id}', {
          params: { path: { id: plan.id } },
          body: { ...bodyOf(layout), revision: stored.revision },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['floor-plans'] });
      void message.success(t('common.saved'));
      onDone();
    },
  });
  const reload = async () => {
    const now = await answerOf(api.GET('/floor-plans/{id}', { params: { path: { id: plan.id } } }));
    setStored(now);
    setLayout(begin(now));
    save.reset();
  };
  const leave = () => {
    if (!changed) return onDone();
    modal.confirm({
      title: t('map.discard_title'),
      content: t('map.discard_hint'),
      okText: t('map.discard'),
      okButtonProps: { danger: true },
      cancelText: t('map.go_on'),
      autoFocusButton: 'cancel',
      onOk: onDone,
    });
  };
  const byId = useMemo(() => new Map(doors.map((door) => [door.id, door])), [doors]);
  const spot = layout.placed.find((one) => isSame(one, chosen)) ?? null;
  const markOf = (one: Placed) => {
    const common = { placed: one, tools, selected: isSame(one, chosen), onChoose: setChosen };
    const door = byId.get(one.id);
    if (one.kind === 'door') return door && <DoorOnPlan key={one.id} {...common} door={door} />;
    const target = plans.find((other) => other.id === one.id);
    return (
      target && <LinkOnPlan key={`to-${one.id}`} {...common} name={target.name} worst={null} alarms={0} />
    );
  };
  const linkable = plans.filter(
    (one) =>
      one.id !== plan.id && !layout.placed.some((other) => other.kind === 'link' && other.id === one.id),
  );
  return (
    <div className={css.map}>
      <Panel
        className={css.plan}
        title={t('map.editing', { plan: plan.name })}
        actions={
          <>
            <Button
              size="small"
              icon={<UndoOutlined />}
              disabled={!changed}
              onClick={() => setLayout(undo)}
              aria-label={t('map.undo')}
            />
            <Button size="small" onClick={leave}>
              {t('common.cancel')}
            </Button>
            <Button
              size="small"
              type="primary"
              disabled={!changed}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {t('common.save')}
            </Button>
          </>
        }
      >
        <SaveProblem error={save.error} again={reload} banner />
        <PlanView
          plan={{ ...stored, picture: stored.picture! }}
          reveal={null}
          onDrop={(door, at) => place({ kind: 'door', id: door }, at)}
          onGround={(now) => (ground.current = now)}
          over={spot && <MarkTools spot={spot} tools={tools} />}
        >
          {layout.placed.map(markOf)}
        </PlanView>
      </Panel>
      <Panel title={t('map.to_place')} className={css.side}>
        <div className={css.tools}>
          <PictureButton
            plan={stored}
            revision={stored.revision}
            onStored={(now) => {
              setStored(now);
              void queryClient.invalidateQueries({ queryKey: ['floor-plans'] });
            }}
          />
          {linkable.length > 0 && (
            <Select
              aria-label={t('map.add_link')}
              placeholder={t('map.add_link')}
              value={null}
              options={linkable.map((one) => ({ value: one.id, label: one.name }))}
              onChange={(id: string | null) => id !== null && placeInTheMiddle({ kind: 'link', id })}
            />
          )}
        </div>
        <ToPlace doors={doors} layout={layout} onPlace={placeInTheMiddle} />
      </Panel>
    </div>
  );
}

/** What is not saved is not lost by closing the window unasked. */
function useWarning(changed: boolean): void {
  useEffect(() => {
    if (!changed) return;
    const ask = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [changed]);
}

function MarkTools({ spot, tools }: { spot: Placed; tools: Tools }) {
  const { t } = useTranslation();
  return (
    <div className={css.markTools}>
      {spot.kind === 'door' && (
        <Button size="small" icon={<RotateRightOutlined />} onClick={() => tools.turn(spot, 15)}>
          {t('map.turn')}
        </Button>
      )}
      <Button size="small" icon={<DeleteOutlined />} onClick={() => tools.takeOff(spot)}>
        {t('map.take_off')}
      </Button>
      <span className="quiet">{t('map.mark_keys')}</span>
    </div>
  );
}

interface ToPlaceProps {
  doors: Door[];
  layout: Layout;
  onPlace: (item: Item) => void;
}

/** Doors that are not on the plan: dragged there, or put into its middle. */
function ToPlace({ doors, layout, onPlace }: ToPlaceProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const missing = useMemo(() => {
    const here = new Set(layout.placed.flatMap((one) => (one.kind === 'door' ? one.id : [])));
    return doors
      .filter((door) => !here.has(door.id) && door.name.toLowerCase().includes(wanted))
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  }, [doors, layout.placed, wanted]);
  return (
    <>
      <SearchField className={css.find} label={t('live.find_door')} value={typed} onChange={setTyped} />
      <p className={`quiet ${css.note}`}>
        {missing.length === 0 ? t('map.all_placed') : t('map.place_hint')}
      </p>
      <ul className={css.list}>
        {missing.slice(0, shown_at_most).map((door) => (
          <li
            key={door.id}
            className={css.line}
            draggable
            onDragStart={(drag) => {
              drag.dataTransfer.setData(dragged_as, door.id);
              drag.dataTransfer.effectAllowed = 'move';
            }}
          >
            <DoorMark look={lookOf(door.state)} size={18} />
            <span className="cut">{door.name}</span>
            <Button
              size="small"
              aria-label={t('map.place_door', { door: door.name })}
              onClick={() => onPlace({ kind: 'door', id: door.id })}
            >
              {t('map.place')}
            </Button>
          </li>
        ))}
      </ul>
      {missing.length > shown_at_most && (
        <p className={`quiet ${css.note}`}>{t('map.more', { count: missing.length - shown_at_most })}</p>
      )}
    </>
  );
}
