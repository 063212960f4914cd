import { useMutation } from '@tanstack/react-query';
import { App, Button, Form, Input, Select, Switch } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Card, Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient, usePersonFields } from '../../api/queries';
import { DateTimeField } from '../../ui/date_fields';
import { NumberField } from '../../ui/number_field';
import { SaveProblem } from '../../ui/opened';
import { Panel } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { useZone } from '../../ui/site';
import { fromPicker, toPicker } from '../../ui/wall_picker';
import { BranchSelect } from '../organisation/branch_select';
import { useMay } from '../shell/me_context';
import { CardsField, fresh } from './cards_field';
import { CustomFields, nameOf, typedOf, valuesOf } from './custom_fields';
import { DetailsFields } from './details_fields';
import css from './people.module.css';
import { person_types } from './person_types';
import { NewPhoto, PhotoField, storePhoto } from './photo_field';

interface Typed {
  name: string;
  department_id?: string | null;
  user_id?: string;
  type: Person['type'];
  valid_from?: Dayjs | null;
  valid_to?: Dayjs | null;
  uses?: number | null;
  pin?: string;
  cards?: Card[];
  remark?: string;
  details?: Person['details'];
  /** By names of the form. */
  custom?: Record<string, string | undefined>;
  administrator?: boolean;
}

type Start = Partial<Pick<Person, 'department_id' | 'type' | 'valid_from' | 'valid_to'>> & {
  card?: string | null;
};

interface Props {
  person?: Person;
  /** What a new person begins with: of the one before, or a card that was shown at a door. */
  start?: Start;
  onSaved: (person: Person) => void;
  /** Of a new person: in place of `onSaved`, where the next one is to be added. */
  onContinue?: (person: Person) => void;
}

/** Where a field of the contract stands in the form. */
function placeOf(field: string): (string | number)[] {
  const [first, ...rest] = field.split('.');
  if (first === 'custom') return ['custom', nameOf(rest[0] ?? '')];
  return [first!, ...rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
}

/** Who, and with what. The same form adds and changes. */
export function PersonForm({ person, start = {}, onSaved, onContinue }: Props) {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const textOf = useProblemText();
  const zone = useZone();
  const mayEdit = useMay('people', 'edit');
  const fields = usePersonFields().data ?? [];
  const [form] = Form.useForm<Typed>();
  const name = (Form.useWatch('name', form) as string | undefined) ?? '';
  const [pinGoes, setPinGoes] = useState(false);
  const [all, setAll] = useState(true);
  const [then, setThen] = useState<'open' | 'continue'>('open');
  const [photo, setPhoto] = useState<Blob | null>(null);
  const photoFailed = ({ name }: Person, error: unknown) => {
    notification.warning({ message: t('camera.failed', { name, why: textOf(error) }), duration: 0 });
  };
  const save = useMutation({
    mutationFn: async (typed: Typed) => {
      const body = {
        name: typed.name.trim(),
        department_id: typed.department_id ?? null,
        type: typed.type,
        valid_from: typed.valid_from ? fromPicker(typed.valid_from, zone) : null,
        valid_to: typed.valid_to ? fromPicker(typed.valid_to, zone) : null,
        cards: (typed.cards ?? []).map(({ number, type, status }) => ({ number, type, status })),
        remark: typed.remark ?? '',
        details: typed.details ?? {},
        ...(fields.length > 0 ? { custom: valuesOf(typed.custom, fields) } : {}),
        administrator: typed.administrator ?? false,
        // Sent only when somebody typed there: even the same number begins a new count on the controllers.
        ...(!person || form.isFieldTouched('uses') ? { uses: typed.uses ?? null } : {}),
        ...(typed.user_id ? { user_id: typed.user_id.trim() } : {}),
        ...(typed.pin ? { pin: typed.pin } : pinGoes ? { pin: null } : {}),
      };
      if (!person) {
        const added = await answerOf(api.POST('/people', { body }));
        if (photo) await storePhoto(added.id, photo).catch((error: unknown) => photoFailed(added, error));
        return added;
      }
      return answerOf(
        api.PATCH('/people/{id}', {
          params: { path: { id: person.id } },
          body: { ...body, revision: person.revision },
        }),
      );
    },
    onSuccess: (saved) => {
      void message.success(person ? t('common.saved') : t('people.created', { name: saved.name }));
      setPinGoes(false);
      form.resetFields(['pin']);
      form.setFields([{ name: 'uses', touched: false }]);
      queryClient.setQueryData(['people', saved.id], saved);
      void queryClient.invalidateQueries({ queryKey: ['people'] });
      void queryClient.invalidateQueries({ queryKey: ['issue-states'] });
      for (const key of ['departments', 'cards']) void queryClient.invalidateQueries({ queryKey: [key] });
      (then === 'continue' && onContinue ? onContinue : onSaved)(saved);
    },
    onError: (error) => {
      setAll(!showFieldErrors(form, error, placeOf));
      if (error instanceof Problem && error.code.startsWith('user_id_')) {
        form.setFields([{ name: 'user_id', errors: [textOf(error)] }]);
      }
    },
  });

  const { valid_from, valid_to } = person ?? start;
  const initial: Partial<Typed> = {
    ...(person
      ? { ...person, custom: typedOf(person.custom) }
      : {
          type: start.type ?? 'general',
          department_id: start.department_id,
          cards: start.card ? [fresh(start.card)] : [],
        }),
    valid_from: valid_from ? toPicker(valid_from, zone) : null,
    valid_to: valid_to ? toPicker(valid_to, zone) : null,
  };

  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayEdit}
      scrollToFirstError
      initialValues={initial}
      onFinish={(typed) => save.mutate(typed)}
      className={css.form}
    >
      {all && <SaveProblem error={save.error} />}
      <Panel title={t('people.who')}>
        {person ? <PhotoField person={person} /> : <NewPhoto name={name} photo={photo} onChange={setPhoto} />}
        <div className={css.fields}>
          <Form.Item
            name="name"
            label={t('people.name')}
            rules={[{ required: true, whitespace: true, message: t('people.name_missing') }]}
          >
            <Input maxLength={64} autoFocus={!person} autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="user_id"
            label={t('people.user_id')}
            extra={person ? undefined : t('people.user_id_hint')}
            validateTrigger="onBlur"
            rules={[
              { pattern: /^[A-Za-z0-9._-]{1,31}$/, message: t('people.user_id_bad') },
              ...(person ? [{ required: true, message: t('people.user_id_bad') }] : []),
            ]}
          >
            <Input className="num" maxLength={31} autoComplete="off" />
          </Form.Item>
          <Form.Item name="department_id" label={t('people.department')} className={css.whole}>
            <BranchSelect tree="departments" none={t('people.department_none')} disabled={!mayEdit} />
          </Form.Item>
          <Form.Item name="type" label={t('people.type')}>
            <Select
              options={person_types.map((type) => ({ value: type, label: t(`person_types.${type}`) }))}
            />
          </Form.Item>
          <Form.Item name="uses" label={t('people.uses')} extra={t('people.uses_anew')}>
            <NumberField min={0} max={65_535} placeholder={t('people.uses_hint')} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="valid_from" label={t('people.valid_from')}>
            <DateTimeField edge="begins" />
          </Form.Item>
          <Form.Item
            name="valid_to"
            label={t('people.valid_to')}
            dependencies={['valid_from']}
            rules={[
              {
                validator: async (_, value: Dayjs | null | undefined) => {
                  const from = form.getFieldValue('valid_from') as Dayjs | null | undefined;
                  if (value && from && !value.isAfter(from)) throw new Error(t('people.valid_order'));
                },
              },
            ]}
          >
            <DateTimeField edge="ends" />
          </Form.Item>
          <Form.Item
            name="administrator"
            label={t('administrator.label')}
            extra={t('administrator.hint')}
            valuePropName="checked"
            className={css.whole}
          >
            <Switch />
          </Form.Item>
          <Form.Item name="remark" label={t('common.remark')} className={css.whole}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 1, maxRows: 5 }} />
          </Form.Item>
        </div>
      </Panel>
      <Panel title={t('people.credentials')}>
        <div className={css.credentials}>
          <CardsField />
          <div className={css.pin}>
            <Form.Item
              name="pin"
              label={t('people.pin')}
              extra={pinGoes ? t('people.pin_removed') : t('people.pin_hint')}
              validateTrigger="onBlur"
              rules={[{ pattern: /^[0-9]{1,8}$/, message: t('people.pin_bad') }]}
            >
              <Input.Password
                inputMode="numeric"
                autoComplete="new-password"
                maxLength={8}
                disabled={pinGoes || !mayEdit}
                placeholder={t(person?.has_pin ? 'people.pin_keep' : 'people.pin_none')}
              />
            </Form.Item>
            {person?.has_pin && (
              <Button type="text" onClick={() => setPinGoes(!pinGoes)}>
                {t(pinGoes ? 'people.pin_undo' : 'people.pin_remove')}
              </Button>
            )}
          </div>
          <p className={css.returns}>{t('fingerprints_none')}</p>
        </div>
      </Panel>
      <Panel title={t('people.details')}>
        <DetailsFields />
      </Panel>
      {fields.length > 0 && (
        <Panel title={t('person_fields.panel')}>
          <CustomFields fields={fields} />
        </Panel>
      )}
      {mayEdit && (
        <div className={css.save}>
          <Button
            type="primary"
            htmlType="submit"
            loading={save.isPending && then === 'open'}
            onClick={() => setThen('open')}
          >
            {t(person ? 'common.save' : 'people.add')}
          </Button>
          {onContinue && (
            <Button
              htmlType="submit"
              loading={save.isPending && then === 'continue'}
              onClick={() => setThen('continue')}
            >
              {t('people.save_and_another')}
            </Button>
          )}
        </div>
      )}
    </Form>
  );
}
