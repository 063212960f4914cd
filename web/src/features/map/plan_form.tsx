import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';

import type { FloorPlan } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { BranchSelect } from '../organisation/branch_select';
import { useWholeSite } from '../shell/me_context';

interface Typed {
  name: string;
  area_id: string | null;
  position: number;
}

interface Props {
  /** Null: a new one. */
  plan: FloorPlan | null;
  onClose: () => void;
  onSaved: (plan: FloorPlan) => void;
  onRemoved: () => void;
}

/** What a plan is called, where it belongs, and its place among the others. */
export function PlanForm({ plan, onClose, onSaved, onRemoved }: Props) {
  const { t } = useTranslation();
  const { modal, notification } = App.useApp();
  const textOf = useProblemText();
  const whole = useWholeSite();
  const [form] = Form.useForm<Typed>();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['floor-plans'] });
  const save = useMutation({
    mutationFn: (typed: Typed) => {
      const body = { ...typed, name: typed.name.trim(), area_id: typed.area_id ?? null };
      return plan
        ? answerOf(
            api.PATCH('/floor-plans/{id}', {
              params: { path: { id: plan.id } },
              body: { ...body, revision: plan.revision },
            }),
          )
        : answerOf(api.POST('/floor-plans', { body }));
    },
    onSuccess: async (saved) => {
      await refresh();
      onSaved(saved);
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const remove = (gone: FloorPlan) =>
    modal.confirm({
      title: t('map.remove_title', { plan: gone.name }),
      content: t('map.remove_hint', { count: gone.doors.length }),
      okText: t('common.delete'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () =>
        answerOf(api.DELETE('/floor-plans/{id}', { params: { path: { id: gone.id } } })).then(
          async () => {
            onRemoved();
            await refresh();
          },
          (error: unknown) => notification.error({ message: t('common.failed'), description: textOf(error) }),
        ),
    });
  return (
    <Drawer
      open
      onClose={onClose}
      width={420}
      title={plan?.name ?? t('map.new_plan')}
      extra={
        plan && (
          <Button danger size="small" onClick={() => remove(plan)}>
            {t('common.delete')}
          </Button>
        )
      }
    >
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          name: plan?.name,
          area_id: plan?.area_id ?? null,
          position: plan?.position ?? 0,
        }}
        onFinish={(typed) => save.mutate(typed)}
      >
        {save.error && (
          <Alert
            type="error"
            showIcon
            role="alert"
            message={textOf(save.error)}
            style={{ marginBottom: 16 }}
          />
        )}
        <Form.Item
          name="name"
          label={t('common.name')}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} autoFocus={plan === null} placeholder={t('map.name_example')} />
        </Form.Item>
        <Form.Item name="area_id" label={t('devices.area')} extra={t('map.area_hint')}>
          <BranchSelect tree="areas" none={whole ? t('map.whole_site') : t('map.choose_area')} />
        </Form.Item>
        <Form.Item name="position" label={t('map.position')} extra={t('map.position_hint')}>
          <InputNumber min={0} max={9999} precision={0} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      </Form>
    </Drawer>
  );
}
