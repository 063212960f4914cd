import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Rights, Role } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { SaveProblem } from '../../ui/opened';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import { useMay } from '../shell/me_context';
import css from './accounts.module.css';
import { RightsTable } from './rights_table';
import { roleName } from './role_words';

/** For each function of the platform one level; what comes with Sallyport can be looked at and copied. */
export function RoleDrawer({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayKeep = useMay('accounts', 'administer');
  const [copied, setCopied] = useState(false);
  const isNew = role === null || copied;
  const fixed = !mayKeep || (!isNew && role.built_in !== null);
  const [rights, setRights] = useState<Rights>(role?.rights ?? {});
  const [form] = Form.useForm<{ name: string }>();
  const save = useMutation({
    mutationFn: ({ name }: { name: string }) =>
      isNew
        ? answerOf(api.POST('/roles', { body: { name: name.trim(), rights } }))
        : answerOf(
            api.PATCH('/roles/{id}', {
              params: { path: { id: role.id } },
              body: { name: name.trim(), rights, revision: role.revision },
            }),
          ),
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['roles', 'me']) void queryClient.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const copy = () => {
    setCopied(true);
    form.setFieldValue('name', t('accounts.copy_of', { name: roleName(role!) }));
  };
  return (
    <Drawer
      open
      onClose={onClose}
      width={520}
      title={role ? roleName(role) : t('accounts.add_role')}
      extra={
        !fixed &&
        !isNew && (
          <Removal
            title={t('accounts.remove', { name: roleName(role) })}
            remove={() => answerOf(api.DELETE('/roles/{id}', { params: { path: { id: role.id } } }))}
            onDone={onClose}
          />
        )
      }
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: role ? roleName(role) : '' }}
        onFinish={(typed: { name: string }) => save.mutate(typed)}
      >
        <SaveProblem error={save.error} className={css.gap} />
        {fixed && mayKeep && (
          <Alert
            className={css.gap}
            type="info"
            showIcon
            message={t('accounts.built_in_hint')}
            action={
              <Button size="small" onClick={copy}>
                {t('accounts.copy')}
              </Button>
            }
          />
        )}
        <Form.Item
          name="name"
          label={t('accounts.role_name')}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} disabled={fixed} autoFocus={isNew} autoComplete="off" />
        </Form.Item>
        <RightsTable rights={rights} disabled={fixed} onChange={setRights} />
        {!fixed && <FormEnd busy={save.isPending} />}
      </Form>
    </Drawer>
  );
}
