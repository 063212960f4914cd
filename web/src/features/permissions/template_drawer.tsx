import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { TimeTemplate } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient, useGroups, useHolidays } from '../../api/queries';
import { changedIn } from '../../ui/changed';
import { FormEnd } from '../../ui/form_end';
import { Opened, SaveProblem } from '../../ui/opened';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import type { Week } from '../../ui/week';
import { day_names, day_s, emptyWeek, overfull, periodsOf, weekFrom } from '../../ui/week';
import { WeekGrid } from '../../ui/week_grid';
import { useMay } from '../shell/me_context';
import css from './permissions.module.css';

interface Props {
  /** null: a new one. */
  template: TimeTemplate | null | undefined;
  open: boolean;
  onClose: () => void;
}

export function TemplateDrawer({ template, open, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={open}
      onClose={onClose}
      width={900}
      title={template?.name ?? t('permissions.template_new')}
      destroyOnHidden
      extra={template && <TemplateRemoval template={template} onClose={onClose} />}
    >
      {template !== undefined && (
        <Opened
          key={template?.id ?? 'new'}
          now={template}
          load={() => answerOf(api.GET('/time-templates/{id}', { params: { path: { id: template!.id } } }))}
        >
          {(opened) => <TemplateForm template={opened} onClose={onClose} />}
        </Opened>
      )}
    </Drawer>
  );
}

interface Typed {
  name: string;
  holiday_ids: string[];
}

const hour = 3600;
const always: Week = emptyWeek.map(() => [{ from: 0, to: day_s }]);
const office: Week = emptyWeek.map((_, day) => (day < 5 ? [{ from: 8 * hour, to: 18 * hour }] : []));

function TemplateForm({ template, onClose }: { template: TimeTemplate | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const mayEdit = useMay('permissions', 'edit');
  const [form] = Form.useForm<Typed>();
  const holidays = useHolidays();
  const [week, setWeek] = useState<Week>(() => (template ? weekFrom(template.week) : office));
  const crowded = overfull(week);
  const empty = week.every((day) => day.length === 0);
  const save = useMutation({
    mutationFn: ({ name, holiday_ids }: Typed) => {
      const body = { name: name.trim(), week: periodsOf(week), holiday_ids };
      return template
        ? answerOf(
            api.PATCH('/time-templates/{id}', {
              params: { path: { id: template.id } },
              body: { ...changedIn(template, body), revision: template.revision },
            }),
          )
        : answerOf(api.POST('/time-templates', { body }));
    },
    onSuccess: () => {
      void message.success(t('common.saved'));
      void queryClient.invalidateQueries({ queryKey: ['templates'] });
      void queryClient.invalidateQueries({ queryKey: ['issue-states'] });
      onClose();
    },
    onError: (error) => {
      showFieldErrors(form, error);
      if (error instanceof Problem && error.code === 'name_taken') {
        form.setFields([{ name: 'name', errors: [textOf(error)] }]);
      }
    },
  });

  const presets: [string, Week][] = [
    [t('week.preset_office'), office],
    [t('week.preset_always'), always],
    [t('week.preset_clear'), emptyWeek],
  ];
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayEdit}
      initialValues={{ name: template?.name, holiday_ids: template?.holiday_ids ?? [] }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.groupForm}
    >
      <SaveProblem error={save.error} />
      <Form.Item
        name="name"
        label={t('common.name')}
        className={css.templateName}
        rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
      >
        <Input maxLength={64} autoFocus={template === null} />
      </Form.Item>
      {mayEdit && (
        <div className={css.presets}>
          {presets.map(([label, preset]) => (
            <Button key={label} size="small" onClick={() => setWeek(preset)}>
              {label}
            </Button>
          ))}
        </div>
      )}
      <WeekGrid value={week} onChange={setWeek} disabled={!mayEdit} />
      <Form.Item name="holiday_ids" label={t('holidays.title')} extra={t('holidays.template_hint')}>
        <Select
          mode="multiple"
          optionFilterProp="label"
          placeholder={t('common.none')}
          options={(holidays.data ?? []).map((holiday) => ({ value: holiday.id, label: holiday.name }))}
        />
      </Form.Item>
      {crowded.length > 0 && (
        <Alert
          type="error"
          showIcon
          role="alert"
          message={t('week.too_many', {
            days: crowded.map((day) => t(`week.days.${day_names[day]!}`)).join(', '),
          })}
        />
      )}
      {empty && <Alert type="warning" showIcon message={t('week.nothing')} />}
      {mayEdit && <FormEnd busy={save.isPending} disabled={crowded.length > 0} />}
    </Form>
  );
}

function TemplateRemoval({ template, onClose }: { template: TimeTemplate; onClose: () => void }) {
  const { t } = useTranslation();
  const groups = useGroups();
  if (!useMay('permissions', 'edit')) return null;
  const users = (groups.data ?? []).filter((group) => group.template_id === template.id);
  const names = users.map((group) => group.name).join(', ');
  return (
    <Removal
      title={t('permissions.delete_template', { name: template.name })}
      loss={t('permissions.delete_template_hint')}
      {...(users.length > 0 && {
        refusal: t('permissions.template_used', { count: users.length, groups: names }),
      })}
      remove={() => answerOf(api.DELETE('/time-templates/{id}', { params: { path: { id: template.id } } }))}
      stale="templates"
      onDone={onClose}
    />
  );
}
