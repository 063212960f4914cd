import { useMutation } from '@tanstack/react-query';
import { Drawer, Form } from 'antd';
import { useTranslation } from 'react-i18next';

import type { FloorPlan } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { NamedForm } from '../../ui/named_form';
import { NumberField } from '../../ui/number_field';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
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
  return (
    <Drawer
      open
      onClose={onClose}
      width={420}
      title={plan?.name ?? t('map.new_plan')}
      extra={
        plan && (
          <Removal
            title={t('map.remove_title', { plan: plan.name })}
            loss={t('map.remove_hint', { count: plan.doors.length })}
            remove={() => answerOf(api.DELETE('/floor-plans/{id}', { params: { path: { id: plan.id } } }))}
            stale="floor-plans"
            onDone={onRemoved}
          />
        )
      }
    >
      <NamedForm
        form={form}
        save={save}
        mayEdit
        isNew={plan === null}
        example={t('map.name_example')}
        initialValues={{
          name: plan?.name,
          area_id: plan?.area_id ?? null,
          position: plan?.position ?? 0,
        }}
      >
        <Form.Item name="area_id" label={t('devices.area')} extra={t('map.area_hint')}>
          <BranchSelect tree="areas" none={whole ? t('map.whole_site') : t('map.choose_area')} />
        </Form.Item>
        <Form.Item name="position" label={t('map.position')} extra={t('map.position_hint')}>
          <NumberField min={0} max={9999} precision={0} />
        </Form.Item>
      </NamedForm>
    </Drawer>
  );
}
