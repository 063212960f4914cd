import { useMutation } from '@tanstack/react-query';
import { Alert, App, Checkbox, Drawer, Form } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { SaveProblem } from '../../ui/opened';
import { showFieldErrors } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './integration.module.css';

export type OutletName = 'mail' | 'mqtt' | 'syslog';

interface Props<Typed> {
  name: OutletName;
  initial: Typed;
  save: (typed: Typed) => Promise<unknown>;
  onClose: () => void;
  /** Why this account only looks at it. */
  locked?: string | undefined;
  children: ReactNode;
}

/** What is set of a system that is told of what happens; `children` are the fields after "Switched on". */
export function OutletDrawer<Typed extends { enabled: boolean }>({
  name,
  initial,
  save,
  onClose,
  locked,
  children,
}: Props<Typed>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayKeep = useMay('settings', 'administer') && locked === undefined;
  const [form] = Form.useForm<Typed>();
  const saving = useMutation({
    mutationFn: save,
    onSuccess: (changed) => {
      queryClient.setQueryData(['settings', name], changed);
      void message.success(t('common.saved'));
      onClose();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Drawer open onClose={onClose} width={560} title={t(`outlets.${name}`)}>
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!mayKeep}
        initialValues={initial}
        onFinish={(typed) => saving.mutate(typed)}
      >
        {locked !== undefined && <Alert className={css.gap} type="info" showIcon message={locked} />}
        <SaveProblem error={saving.error} className={css.gap} />
        <Form.Item name="enabled" valuePropName="checked">
          <Checkbox>{t('outlets.enabled')}</Checkbox>
        </Form.Item>
        {children}
        {mayKeep && <FormEnd busy={saving.isPending} />}
      </Form>
    </Drawer>
  );
}

/** A heading within the drawer. */
export function Part({ children }: { children: ReactNode }) {
  return <h3 className={css.part}>{children}</h3>;
}
