import { useMutation } from '@tanstack/react-query';
import { App, Drawer, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { PermissionGroup } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient, useDoors, useGroups, usePerson, useTemplates } from '../../api/queries';
import { DateTimeField } from '../../ui/date_fields';
import { changedIn } from '../../ui/changed';
import { FormEnd } from '../../ui/form_end';
import { Opened, SaveProblem } from '../../ui/opened';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import { useZone } from '../../ui/site';
import { fromPicker, toPicker } from '../../ui/wall_picker';
import { below } from '../organisation/branches';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import type { Organisation, Rights } from './changes';
import { changesOf } from './changes';
import { ChangeList } from './change_list';
import { DoorPicker } from './door_picker';
import type { Member } from './member_picker';
import { MemberPicker } from './member_picker';
import css from './permissions.module.css';
import { useWeekText } from './week_text';

interface Props {
  /** null: a new one. */
  group: PermissionGroup | null | undefined;
  open: boolean;
  /** Who is in a new one from the start. */
  person: string | null;
  onClose: () => void;
}

export function GroupDrawer({ group, open, person, onClose }: Props) {
  const { t } = useTranslation();
  const zone = useZone();
  const wanted = group === null ? (person ?? undefined) : undefined;
  const first = usePerson(wanted);
  const ready = wanted === undefined || !first.isPending;
  return (
    <Drawer
      open={open}
      onClose={onClose}
      width={720}
      title={group?.name ?? t('permissions.group_new')}
      destroyOnHidden
      extra={group && <GroupRemoval group={group} onClose={onClose} />}
    >
      {group !== undefined && ready && (
        <Opened
          key={`${group?.id ?? 'new'} ${zone}`}
          now={group}
          load={() => answerOf(api.GET('/permission-groups/{id}', { params: { path: { id: group!.id } } }))}
        >
          {(opened) => (
            <GroupForm
              group={opened}
              first={wanted === undefined ? undefined : first.data}
              onClose={onClose}
            />
          )}
        </Opened>
      )}
    </Drawer>
  );
}

interface Typed {
  name: string;
  remark: string;
  effect: 'allow' | 'deny';
  template_id: string;
  valid_to: Dayjs | null;
  departments: string[];
}

const always = 'always';
const effects = ['allow', 'deny'] as const;

interface FormProps {
  group: PermissionGroup | null;
  first: Member | undefined;
  onClose: () => void;
}

function GroupForm({ group, first, onClose }: FormProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const mayEdit = useMay('permissions', 'edit');
  const templates = useTemplates();
  const weekText = useWeekText();
  const groups = useGroups();
  const [form] = Form.useForm<Typed>();
  const [doors, setDoors] = useState<readonly string[]>(group?.doors ?? []);
  const [people, setPeople] = useState<readonly string[]>(group?.people ?? (first ? [first.id] : []));
  const [known, setKnown] = useState<ReadonlyMap<string, Member>>(new Map());
  const { branches } = useTree('departments');
  const zone = useZone();
  const template = (Form.useWatch('template_id', form) as string | undefined) ?? group?.template_id ?? always;
  const template_id = template === always ? null : template;
  const effect = (Form.useWatch('effect', form) as Typed['effect'] | undefined) ?? group?.effect ?? 'allow';
  const departments = (Form.useWatch('departments', form) as string[] | undefined) ?? group?.departments;
  const ends = Form.useWatch('valid_to', form) as Dayjs | null | undefined;
  const valid_to = ends ? fromPicker(ends, zone) : null;

  const wanted = useDeferredValue(
    useMemo<Rights>(
      () => ({ doors, people, departments: departments ?? [], template_id, effect, valid_to }),
      [doors, people, departments, template_id, effect, valid_to],
    ),
  );
  const others = useMemo(
    () => (groups.data ?? []).filter((other) => other.id !== group?.id),
    [groups.data, group],
  );
  const organisation = useMemo<Organisation>(
    () => ({
      departmentOf: (person) => known.get(person)?.department_id,
      below: (department) => below(branches, department),
    }),
    [known, branches],
  );
  const changes = useMemo(
    () => changesOf(group, wanted, others, organisation),
    [group, wanted, others, organisation],
  );
  const names = useMemo(() => new Map([...known].map(([id, { name }]) => [id, name])), [known]);
  const know = (members: readonly Member[]) =>
    setKnown((before) => new Map([...before, ...members.map((member) => [member.id, member] as const)]));

  const save = useMutation({
    mutationFn: (typed: Typed) => {
      const named = { name: typed.name.trim(), remark: typed.remark };
      const members = { doors: [...doors], people: [...people], departments: typed.departments };
      const body = { ...named, ...members, template_id, effect, valid_to };
      return group
        ? answerOf(
            api.PATCH('/permission-groups/{id}', {
              params: { path: { id: group.id } },
              body: { ...changedIn(group, body), revision: group.revision },
            }),
          )
        : answerOf(api.POST('/permission-groups', { body }));
    },
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['groups', 'issue-states', 'people'])
        void queryClient.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) => {
      showFieldErrors(form, error);
      if (error instanceof Problem && error.code === 'name_taken') {
        form.setFields([{ name: 'name', errors: [textOf(error)] }]);
      }
    },
  });

  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayEdit}
      initialValues={{
        name: group?.name,
        remark: group?.remark ?? '',
        effect: group?.effect ?? 'allow',
        template_id: group?.template_id ?? always,
        valid_to: group?.valid_to ? toPicker(group.valid_to, zone) : null,
        departments: group?.departments ?? [],
      }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.groupForm}
    >
      <SaveProblem error={save.error} />
      <div className={css.pairs}>
        <Form.Item
          name="name"
          label={t('common.name')}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} autoFocus={group === null} />
        </Form.Item>
        <Form.Item name="template_id" label={t('permissions.when')}>
          <Select
            options={[
              { value: always, label: t('common.always') },
              ...(templates.data ?? []).map((item) => ({
                value: item.id,
                label: `${item.name}: ${weekText(item)}`,
              })),
            ]}
          />
        </Form.Item>
        <Form.Item name="effect" label={t('permissions.effect')}>
          <Select options={effects.map((one) => ({ value: one, label: t(`group_effects.${one}`) }))} />
        </Form.Item>
        <Form.Item name="valid_to" label={t('permissions.ends')}>
          <DateTimeField edge="ends" placeholder={t('permissions.ends_never')} />
        </Form.Item>
        <Form.Item name="remark" label={t('common.remark')} className={css.whole}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item
          name="departments"
          label={t('permissions.departments')}
          extra={t('permissions.departments_hint')}
          className={css.whole}
        >
          <Select
            mode="multiple"
            optionFilterProp="label"
            placeholder={t('common.none')}
            options={branches.map((branch) => ({
              value: branch.id,
              label: `${branch.path} (${branch.total})`,
            }))}
          />
        </Form.Item>
      </div>
      <DoorPicker value={doors} onChange={setDoors} disabled={!mayEdit} />
      <MemberPicker
        group={group?.id ?? null}
        first={first}
        value={people}
        onChange={setPeople}
        onKnow={know}
        disabled={!mayEdit}
      />
      {mayEdit && (
        <FormEnd busy={save.isPending}>
          <ChangeList
            changes={changes}
            names={names}
            template={templates.data?.find((item) => item.id === template_id)}
            effect={effect}
            end={valid_to}
          />
        </FormEnd>
      )}
    </Form>
  );
}

function GroupRemoval({ group, onClose }: { group: PermissionGroup; onClose: () => void }) {
  const { t } = useTranslation();
  const doors = useDoors();
  if (!useMay('permissions', 'edit')) return null;
  const names = (doors.data ?? []).filter((door) => group.doors.includes(door.id)).map((door) => door.name);
  const loss =
    group.members === 0
      ? t('permissions.delete_group_empty')
      : t(group.effect === 'deny' ? 'permissions.delete_denial_hint' : 'permissions.delete_group_hint', {
          count: group.members,
          doors: names.join(', ') || '–',
        });
  return (
    <Removal
      title={t('permissions.delete_group', { name: group.name })}
      loss={loss}
      remove={() => answerOf(api.DELETE('/permission-groups/{id}', { params: { path: { id: group.id } } }))}
      onDone={onClose}
    />
  );
}
