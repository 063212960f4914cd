import { useMutation } from '@tanstack/react-query';
import { Alert, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Rights } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { PartField } from '../accounts/account_drawer';
import { RightsTable } from '../accounts/rights_table';
import { useAccount } from '../shell/me_context';
import css from './integration.module.css';
import { ShownOnce } from './shown_once';

interface Typed {
  name: string;
  days: number;
  all_areas: boolean;
  areas?: string[];
  all_departments: boolean;
  departments?: string[];
}

const day_ms = 86_400_000;

/** A token is described, made, and shown this once. */
export function TokenDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const me = useAccount();
  const [rights, setRights] = useState<Rights>({});
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: (typed: Typed) =>
      answerOf(
        api.POST('/tokens', {
          body: {
            name: typed.name.trim(),
            rights,
            areas: typed.all_areas ? null : (typed.areas ?? []),
            departments: typed.all_departments ? null : (typed.departments ?? []),
            expires_at: typed.days === 0 ? null : new Date(Date.now() + typed.days * day_ms).toISOString(),
          },
        }),
      ),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['tokens'] }),
    onError: (error) => showFieldErrors(form, error),
  });
  if (save.data) {
    return (
      <Drawer open onClose={onClose} width={520} title={t('tokens.made', { name: save.data.name })}>
        <ShownOnce hint={t('tokens.made_hint')} secret={save.data.token} copy={t('tokens.copy')} />
      </Drawer>
    );
  }
  return (
    <Drawer open onClose={onClose} width={520} title={t('tokens.add')}>
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: '', days: 90, all_areas: true, all_departments: true }}
        onFinish={(typed) => save.mutate(typed)}
      >
        {save.error && (
          <Alert className={css.gap} type="error" showIcon role="alert" message={textOf(save.error)} />
        )}
        <Form.Item
          name="name"
          label={t('tokens.name')}
          extra={t('tokens.name_hint')}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} autoFocus autoComplete="off" />
        </Form.Item>
        <Form.Item name="days" label={t('tokens.expires')}>
          <Select
            options={[
              { value: 30, label: t('tokens.expires_in_30') },
              { value: 90, label: t('tokens.expires_in_90') },
              { value: 365, label: t('tokens.expires_in_365') },
              { value: 0, label: t('tokens.expires_never') },
            ]}
          />
        </Form.Item>
        <h3 className={css.label}>{t('tokens.rights')}</h3>
        <RightsTable rights={rights} most={me.rights} onChange={setRights} />
        <PartField tree="areas" />
        <PartField tree="departments" />
        <FormEnd word={t('tokens.add')} busy={save.isPending} />
      </Form>
    </Drawer>
  );
}
