import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Door } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { BranchSelect } from '../organisation/branch_select';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';

type Typed = Door['settings'] & Pick<Door, 'name' | 'area_id' | 'confirm'>;

const unlock_modes = ['card', 'card_and_pin', 'user_and_pin', 'card_or_user_and_pin'] as const;

/** Name and settings of a door: kept here, brought to the controller, and told how far that is. */
export function DoorSettings({ door }: { door: Door }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const mayEdit = useMay('doors', 'edit');
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ name, area_id, confirm, ...settings }: Typed) =>
      answerOf(
        api.PATCH('/doors/{id}', {
          params: { path: { id: door.id } },
          body: { name, area_id, confirm, settings },
        }),
      ),
    onSuccess: () => {
      void message.success(t('common.saved'));
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
      {save.error && <Alert className={css.gap} type="error" showIcon message={textOf(save.error)} />}
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!mayEdit}
        initialValues={{
          name: door.name,
          confirm: door.confirm,
          area_id: door.own_area ? door.area_id : null,
          ...door.settings,
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
          <InputNumber min={1} max={600} suffix={t('devices.seconds')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="overtime_s" label={t('devices.overtime')}>
          <InputNumber min={1} max={9999} suffix={t('devices.seconds')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="extended_s" label={t('devices.extended')}>
          <InputNumber min={1} max={600} suffix={t('devices.seconds')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="pre_alarm_s" label={t('devices.pre_alarm')}>
          <InputNumber min={0} max={9999} suffix={t('devices.seconds')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="verification_s"
          label={t('verification.setting')}
          tooltip={t('verification.setting_hint')}
        >
          <InputNumber
            min={1}
            max={120}
            suffix={t('devices.seconds')}
            placeholder={t('verification.setting_none')}
            style={{ width: '100%' }}
          />
        </Form.Item>
        <div className={css.checks}>
          <Form.Item name="detector" valuePropName="checked" noStyle>
            <Checkbox>{t('devices.detector')}</Checkbox>
          </Form.Item>
          <Form.Item name="duress" valuePropName="checked" noStyle>
            <Checkbox>{t('devices.duress')}</Checkbox>
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
