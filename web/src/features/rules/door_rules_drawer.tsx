import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Door, DoorRules, RulePerson, UnlockMode } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useDevices } from '../../api/queries';
import { changedIn } from '../../ui/changed';
import { FormEnd } from '../../ui/form_end';
import { NumberField } from '../../ui/number_field';
import { Opened, SaveProblem } from '../../ui/opened';
import { showFieldErrors } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import { atLeast } from './at_least';
import { PeopleField } from './people_field';
import css from './rules.module.css';
import { TemplateSelect } from './template_select';

interface Props {
  door: Door | undefined;
  rules: DoorRules | undefined;
  onClose: () => void;
}

export function DoorRulesDrawer({ door, rules, onClose }: Props) {
  const { t } = useTranslation();
  const devices = useDevices(useMay('devices', 'view'));
  const inClear = devices.data?.find((one) => one.id === door?.device_id)?.connection === 'in_clear';
  return (
    <Drawer
      open={door !== undefined && rules !== undefined}
      onClose={onClose}
      width={640}
      title={door && t('rules.of_door', { door: door.name })}
      destroyOnHidden
    >
      {door && rules && inClear && <Alert type="info" showIcon message={t('rules.in_clear')} />}
      {door && rules && !inClear && (
        <Opened
          key={door.id}
          now={rules}
          load={() => answerOf(api.GET('/doors/{id}/rules', { params: { path: { id: door.id } } }))}
        >
          {(opened) => <RulesForm rules={opened} onClose={onClose} />}
        </Opened>
      )}
    </Drawer>
  );
}

interface Typed {
  always_open: string | null;
  always_closed: string | null;
  unlock_periods: { template_id: string; unlock_mode: UnlockMode }[];
  first: { people: RulePerson[]; template_id: string | null; then: 'others_may_enter' | 'door_stays_open' };
  groups: { people: RulePerson[]; needed: number }[];
  group_window_s: number;
}

const unlock_modes = ['card', 'card_and_pin', 'user_and_pin', 'card_or_user_and_pin'] as const;
const most = 4;
const ids = (people: readonly RulePerson[]) => people.map((person) => person.id);

const nobody_first = { people: [], template_id: null, then: 'others_may_enter' as const };

/** Who is waited for, as it is sent. */
const peopleOf = ({ first, groups }: Pick<Typed, 'first' | 'groups'>) => ({
  first_card:
    first.people.length === 0
      ? null
      : { people: ids(first.people), template_id: first.template_id ?? null, then: first.then },
  groups: groups.map((group) => ({ people: ids(group.people), needed: group.needed })),
});

/** Whether the caller sees everybody whom the door waits for: only who does may change the lists. */
function seesAll({ first_card, groups }: DoorRules): boolean {
  return [...(first_card ? [first_card] : []), ...groups].every(
    ({ people, count }) => people.length === count,
  );
}

function RulesForm({ rules, onClose }: { rules: DoorRules; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Typed>();
  const mayEdit = useMay('doors', 'edit');
  const knowsPeople = useMay('people', 'view') && seesAll(rules);
  const save = useMutation({
    mutationFn: ({ first, groups, ...typed }: Typed) => {
      const before = {
        ...rules,
        ...peopleOf({ first: rules.first_card ?? nobody_first, groups: rules.groups }),
      };
      const body = { ...typed, ...(knowsPeople ? peopleOf({ first, groups }) : {}) };
      return answerOf(
        api.PATCH('/doors/{id}/rules', {
          params: { path: { id: rules.door_id } },
          body: { ...changedIn(before, body), revision: rules.revision },
        }),
      );
    },
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['rules', 'doors', 'issue-states'])
        void queryClient.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) =>
      showFieldErrors(form, error, (field) => {
        const place = field.replace(/^first_card/, 'first').replace(/\.people\.\d+$/, '.people');
        return place.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
      }),
  });
  const first = rules.first_card ?? nobody_first;
  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayEdit}
      initialValues={{
        ...rules,
        first: { people: first.people, template_id: first.template_id, then: first.then },
        groups: rules.groups.map(({ people, needed }) => ({ people, needed })),
      }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.form}
    >
      <SaveProblem error={save.error} />
      <section aria-label={t('rules.plan')}>
        <h3>{t('rules.plan')}</h3>
        <div className={css.pairs}>
          <Form.Item name="always_open" label={t('rules.always_open')}>
            <TemplateSelect none={t('rules.never')} />
          </Form.Item>
          <Form.Item name="always_closed" label={t('rules.always_closed')}>
            <TemplateSelect none={t('rules.never')} />
          </Form.Item>
        </div>
        <p className="quiet">{t('rules.plan_hint')}</p>
      </section>
      <UnlockPeriods />
      {knowsPeople ? (
        <>
          <FirstCard />
          <Groups />
          <Window />
        </>
      ) : (
        !seesAll(rules) && <Alert type="info" showIcon message={t('rules.people_unseen')} />
      )}
      {mayEdit && <FormEnd busy={save.isPending} />}
    </Form>
  );
}

function UnlockPeriods() {
  const { t } = useTranslation();
  return (
    <Form.List name="unlock_periods">
      {(fields, { add, remove }) => (
        <section aria-label={t('rules.unlock')}>
          <h3>{t('rules.unlock')}</h3>
          <p className="quiet">{t('rules.unlock_hint')}</p>
          {fields.map(({ key, name }) => (
            <div key={key} className={css.period}>
              <Form.Item
                name={[name, 'template_id']}
                rules={[{ required: true, message: t('rules.template_missing') }]}
              >
                <TemplateSelect label={t('rules.unlock_when')} />
              </Form.Item>
              <Form.Item name={[name, 'unlock_mode']}>
                <Select
                  aria-label={t('devices.unlock_mode')}
                  options={unlock_modes.map((mode) => ({ value: mode, label: t(`unlock_modes.${mode}`) }))}
                />
              </Form.Item>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('rules.unlock_remove')}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          {fields.length < most && (
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() => add({ template_id: undefined, unlock_mode: 'card_and_pin' })}
            >
              {t('rules.unlock_add')}
            </Button>
          )}
        </section>
      )}
    </Form.List>
  );
}

function FirstCard() {
  const { t } = useTranslation();
  const people = Form.useWatch<RulePerson[] | undefined>(['first', 'people']) ?? [];
  return (
    <section aria-label={t('rules.first')}>
      <h3>{t('rules.first')}</h3>
      <Form.Item name={['first', 'people']} label={t('rules.first_people')} extra={t('rules.first_hint')}>
        <PeopleField placeholder={t('rules.first_nobody')} />
      </Form.Item>
      <div hidden={people.length === 0}>
        <div className={css.pairs}>
          <Form.Item name={['first', 'template_id']} label={t('rules.first_when')}>
            <TemplateSelect none={t('rules.first_each_day')} />
          </Form.Item>
          <Form.Item name={['first', 'then']} label={t('rules.first_then')}>
            <Radio.Group
              options={(['others_may_enter', 'door_stays_open'] as const).map((value) => ({
                value,
                label: t(`rules.${value}`),
              }))}
            />
          </Form.Item>
        </div>
      </div>
    </section>
  );
}

function Groups() {
  const { t } = useTranslation();
  return (
    <Form.List name="groups">
      {(fields, { add, remove }) => (
        <section aria-label={t('rules.groups')}>
          <h3>{t('rules.groups')}</h3>
          <p className="quiet">{t('rules.groups_hint')}</p>
          {fields.map(({ key, name }) => (
            <div key={key} className={css.group}>
              <Form.Item
                name={[name, 'people']}
                label={t('rules.group', { number: name + 1 })}
                rules={[atLeast(1, t('rules.group_missing'))]}
              >
                <PeopleField placeholder={t('permissions.people_add')} most={64} />
              </Form.Item>
              <Form.Item
                name={[name, 'needed']}
                label={t('rules.needed')}
                dependencies={[['groups', name, 'people']]}
                rules={[
                  ({ getFieldValue }) => ({
                    validator: (_, needed: number) => {
                      const there =
                        (getFieldValue(['groups', name, 'people']) as RulePerson[] | undefined) ?? [];
                      return there.length > 0 && needed > there.length
                        ? Promise.reject(new Error(t('rules.needed_too_many', { count: there.length })))
                        : Promise.resolve();
                    },
                  }),
                ]}
              >
                <NumberField min={1} max={64} precision={0} />
              </Form.Item>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('rules.group_remove', { number: name + 1 })}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          {fields.length < most && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => add({ people: [], needed: 2 })}>
              {t('rules.group_add')}
            </Button>
          )}
        </section>
      )}
    </Form.List>
  );
}

function Window() {
  const { t } = useTranslation();
  const groups = (Form.useWatch('groups') as Typed['groups'] | undefined) ?? [];
  return (
    <div hidden={groups.length === 0} className={css.window}>
      <Form.Item name="group_window_s" label={t('rules.window')} layout="horizontal" colon={false}>
        <NumberField min={1} max={600} precision={0} suffix={t('devices.seconds')} />
      </Form.Item>
    </div>
  );
}
