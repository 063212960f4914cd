import { useMutation } from '@tanstack/react-query';
import { App, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { DoorReader, PassbackArea } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { changedIn } from '../../ui/changed';
import { NamedForm } from '../../ui/named_form';
import { NumberField } from '../../ui/number_field';
import { showFieldErrors } from '../../ui/problem_text';
import { NoDoors } from '../devices/no_doors';
import { useControllers } from './controllers';
import css from './rules.module.css';

type Leads = 'in' | 'out' | 'no';
type Side = DoorReader['direction'];
type Ways = Record<string, Record<Side, Leads>>;

interface Typed {
  name: string;
  device: string;
  passback: PassbackArea['passback'];
  minutes: number;
  reset_at: string;
  ways: Ways;
}

export const passbacks = ['hard', 'soft', 'timed', 'off'] as const;
const sides = ['entry', 'exit'] as const;

function waysOf(area: PassbackArea | null): Ways {
  const ways: Ways = {};
  const put = (readers: readonly DoorReader[], leads: Leads) => {
    for (const { door_id, direction } of readers)
      ways[door_id] = { entry: 'no', exit: 'no', ...ways[door_id], [direction]: leads };
  };
  put(area?.entries ?? [], 'in');
  put(area?.exits ?? [], 'out');
  return ways;
}

function readersThat(leads: Leads, ways: Ways, doors: readonly { id: string }[]): DoorReader[] {
  return doors.flatMap(({ id }) =>
    sides
      .filter((direction) => ways[id]?.[direction] === leads)
      .map((direction) => ({ door_id: id, direction })),
  );
}

interface Props {
  area: PassbackArea | null;
  mayEdit: boolean;
  onClose: () => void;
}

/** An area, and which reader of which door leads into it or out of it. */
export function AreaForm({ area, mayEdit, onClose }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const controllers = useControllers();
  const [form] = Form.useForm<Typed>();
  const device = (Form.useWatch('device', form) as string | undefined) ?? area?.device_id;
  const passback = (Form.useWatch('passback', form) as Typed['passback'] | undefined) ?? area?.passback;
  const doors = controllers.find((one) => one.id === (device ?? controllers[0]?.id))?.doors ?? [];
  const save = useMutation({
    mutationFn: ({ name, passback, minutes, reset_at, ways }: Typed) => {
      const body = {
        name: name.trim(),
        passback,
        minutes,
        reset_at: reset_at === '' ? null : `${reset_at.padStart(5, '0')}:00`,
        entries: readersThat('in', ways, doors),
        exits: readersThat('out', ways, doors),
      };
      return area
        ? answerOf(
            api.PATCH('/passback-areas/{id}', {
              params: { path: { id: area.id } },
              body: { ...changedIn(area, body), revision: area.revision },
            }),
          )
        : answerOf(api.POST('/passback-areas', { body }));
    },
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['rules', 'doors']) void queryClient.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const missing = save.error instanceof Problem && save.error.errors.some((one) => one.field === 'entries');
  if (controllers.length === 0) return <NoDoors />;
  return (
    <NamedForm
      form={form}
      save={save}
      mayEdit={mayEdit}
      isNew={area === null}
      example={t('rules.area_example')}
      problem={missing ? t('rules.area_no_reader') : undefined}
      initialValues={{
        name: area?.name,
        device: area?.device_id ?? controllers[0]?.id,
        passback: area?.passback ?? 'hard',
        minutes: area?.minutes ?? 10,
        reset_at: area?.reset_at?.slice(0, 5) ?? '',
        ways: waysOf(area),
      }}
    >
      <Form.Item
        name="passback"
        label={t('rules.passback')}
        extra={passback && t(`rules.passback_${passback}_hint`)}
      >
        <Select options={passbacks.map((one) => ({ value: one, label: t(`rules.passback_${one}`) }))} />
      </Form.Item>
      <div className={css.pairs}>
        <Form.Item name="minutes" label={t('rules.minutes')} hidden={passback !== 'timed'}>
          <NumberField min={1} max={1440} precision={0} suffix={t('rules.minutes_unit')} />
        </Form.Item>
        <Form.Item
          name="reset_at"
          label={t('rules.reset_at')}
          rules={[{ pattern: /^(([01]?\d|2[0-3]):[0-5]\d)?$/, message: t('rules.reset_at_bad') }]}
        >
          <Input className="num" placeholder={t('rules.reset_never')} maxLength={5} />
        </Form.Item>
      </div>
      <Form.Item name="device" label={t('rules.controller')} extra={t('rules.area_one_controller')}>
        <Select options={controllers.map(({ id, name }) => ({ value: id, label: name }))} />
      </Form.Item>
      <div className={css.ways} role="group" aria-label={t('rules.ways')}>
        <b>{t('events.door')}</b>
        <b>{t('rules.reader_entry')}</b>
        <b>{t('rules.reader_exit')}</b>
        {doors.map((door) => (
          <div key={door.id} className={css.way}>
            <span className="cut">{door.name}</span>
            {sides.map((side) => (
              <Form.Item key={side} name={['ways', door.id, side]} noStyle>
                <LeadsSelect label={t(`rules.leads_${side}`, { door: door.name })} />
              </Form.Item>
            ))}
          </div>
        ))}
      </div>
      <p className={`quiet ${css.gap}`}>{t('rules.ways_hint')}</p>
    </NamedForm>
  );
}

interface LeadsProps {
  id?: string;
  value?: Leads;
  onChange?: (leads: Leads) => void;
  label: string;
}

function LeadsSelect({ value = 'no', label, ...rest }: LeadsProps) {
  const { t } = useTranslation();
  return (
    <Select<Leads>
      {...rest}
      value={value}
      aria-label={label}
      options={(['no', 'in', 'out'] as const).map((one) => ({ value: one, label: t(`rules.leads.${one}`) }))}
    />
  );
}
