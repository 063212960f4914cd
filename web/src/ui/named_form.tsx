import type { UseMutationResult } from '@tanstack/react-query';
import type { FormInstance } from 'antd';
import { Form, Input } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { FormEnd } from './form_end';
import css from './named_form.module.css';
import { SaveProblem } from './opened';

interface Props<T> {
  form: FormInstance<T>;
  save: Pick<UseMutationResult<unknown, Error, T>, 'error' | 'isPending' | 'mutate'>;
  mayEdit: boolean;
  /** Of something new the name is typed first. */
  isNew: boolean;
  initialValues: { [K in keyof T]?: T[K] | null | undefined };
  /** What it could be called. */
  example?: string;
  /** Below the name. */
  remark?: ReactNode;
  /** In place of the problem's own words; null: they stand at a field. */
  problem?: string | null;
  children: ReactNode;
}

/** The form of what has a name and is saved as a whole: what went wrong, the name, the rest, Save. */
export function NamedForm<T extends { name: string }>(props: Props<T>) {
  const { form, save, mayEdit, isNew, initialValues, example, remark, problem, children } = props;
  const { t } = useTranslation();
  return (
    <Form<T>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayEdit}
      initialValues={initialValues}
      onFinish={(typed) => save.mutate(typed)}
    >
      {problem !== null && <SaveProblem error={save.error} text={problem} className={css.problem} />}
      <Form.Item
        name="name"
        label={t('common.name')}
        extra={remark}
        rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
      >
        <Input maxLength={64} autoFocus={isNew} placeholder={example} />
      </Form.Item>
      {children}
      {mayEdit && <FormEnd busy={save.isPending} />}
    </Form>
  );
}
