import { useMutation } from '@tanstack/react-query';
import { App, Button, Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Door } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { changedIn } from '../../ui/changed';
import { StateWord } from '../../ui/marks';
import { NumberField } from '../../ui/number_field';
import { Opened, SaveProblem } from '../../ui/opened';
import { showFieldErrors } from '../../ui/problem_text';
import { BranchSelect } from '../organisation/branch_select';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';

type Typed = Door['settings'] & Pick<Door, 'name' | 'area_id' | 'confirm'>;

const ownArea = (door: Door) => (door.own_area ? door.area_id : null);
const unlock_modes = ['card', 'card_and_pin', 'user_and_pin', 'card_or_user_and_pin'] as const;

interface Props {
  door: Door;
  /** Whether its controller has other doors. */
  others: boolean;
  inClear: boolean;
}

/**
 * Name and settings of a door: kept here, brought to the controller, and told how far that is. What the
 * dialect in clear has no words for is not asked.
 */
export function DoorSettings({ door, ...rest }: Props) {
  return (
    <Opened now={door} load={() => answerOf(api.GET('/doors/{id}', { params: { path: { id: door.id } } }))}>
      {(opened, reopen) => <SettingsForm door={door} opened={opened} onSaved={reopen} {...rest} />}
    </Opened>
  );
}

interface FormProps extends Props {
  /** As it was when somebody began to change it. */
  opened: Door;
  onSaved: (door: Door) => void;
}

function SettingsForm({ door, opened, others, inClear, onSaved }: FormProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayEdit = useMay('doors', 'edit');
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ name, area_id, confirm, ...typed }: Typed) => {
      const settings = changedIn(opened.settings, typed);
      return answerOf(
        api.PATCH('/doors/{id}', {
          params: { path: { id: door.id } },
          body: {
            ...changedIn({ ...opened, area_id: ownArea(opened) }, { name, area_id, confirm }),
            ...(Object.keys(settings).length > 0 ? { settings } : {}),
            revision: opened.revision,
          },
        }),
      );
    },
    onSuccess: (saved) => {
      void message.success(t('common.saved'));
      onSaved(saved);
      void queryClient.invalidateQueries({ queryKey: ['doors'] });
      void queryClient.invalidateQueries({ queryKey: ['devices'] });
      void queryClient.invalidateQueries({ queryKey: ['areas'] });
    },
    onError: (error) =>
      showFieldErrors(form, error, (field) => [field.startsWith('settings.') ? field.slice(9) : field]),
  });
  return (
    <section aria-label={t('devices.door_settings', { door: door.name })}>
      <h3 className={css.sectionTitle}>
        {t('devices.door_settings', { door: door.name })}
        {door.settings_state === 'pending' && (
          <StateWord look="waiting">{t('devices.settings_pending')}</StateWord>
        )}
        {door.settings_state === 'failed' && <StateWord look="bad">{t('devices.settings_failed')}</StateWord>}
      </h3>
      <SaveProblem error={save.error} className={css.gap} />
      <Form<Typed>
        form={form}
        name={`door_${door.id}`} // several forms stand in one drawer: each field needs an id of its own
        layout="vertical"
        requiredMark={false}
        disabled={!mayEdit}
        initialValues={{
          name: opened.name,
          confirm: opened.confirm,
          area_id: ownArea(opened),
          ...opened.settings,
        }}
        onFinish={(typed) => save.mutate(typed)}
        className={css.pairs}
      >
        <Form.Item
          name="name"
          label={t('devices.door_name', { number: door.number })}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="area_id" label={t('devices.area')}>
          <BranchSelect tree="areas" none={t('devices.area_of_device')} />
        </Form.Item>
        <Form.Item name="unlock_mode" label={t('devices.unlock_mode')}>
          <Select options={unlock_modes.map((mode) => ({ value: mode, label: t(`unlock_modes.${mode}`) }))} />
        </Form.Item>
        <Form.Item name="hold_s" label={t('devices.hold')}>
          <NumberField min={1} max={600} suffix={t('devices.seconds')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="overtime_s" label={t('devices.overtime')}>
          <NumberField min={1} max={9999} suffix={t('devices.seconds')} style={{ width: '100%' }} />
        </Form.Item>
        {!inClear && <OwnSettings />}
        <div className={css.checks}>
          <Form.Item name="detector" valuePropName="checked" noStyle>
            <Checkbox>{t('devices.detector')}</Checkbox>
          </Form.Item>
          <Form.Item name="duress" valuePropName="checked" noStyle>
            <Checkbox>
              {t('devices.duress')} {others && <span className="quiet">{t('devices.duress_all')}</span>}
            </Checkbox>
          </Form.Item>
          <Form.Item name="confirm" valuePropName="checked" noStyle>
            <Checkbox>{t('devices.confirm')}</Checkbox>
          </Form.Item>
        </div>
        {mayEdit && (
          <Button htmlType="submit" loading={save.isPending} className={css.saveButton}>
            {t('common.save')}
          </Button>
        )}
      </Form>
    </section>
  );
}

/** What our own controllers know besides. */
function OwnSettings() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="extended_s" label={t('devices.extended')}>
        <NumberField min={1} max={600} suffix={t('devices.seconds')} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item name="pre_alarm_s" label={t('devices.pre_alarm')}>
        <NumberField min={0} max={9999} suffix={t('devices.seconds')} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item
        name="verification_s"
        label={t('verification.setting')}
        tooltip={t('verification.setting_hint')}
      >
        <NumberField
          min={1}
          max={120}
          suffix={t('devices.seconds')}
          placeholder={t('verification.setting_none')}
          style={{ width: '100%' }}
        />
      </Form.Item>
    </>
  );
}
