import { useMutation } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';

import { queryClient } from '../../api/queries';
import { SaveProblem } from '../../ui/opened';
import { showFieldErrors } from '../../ui/problem_text';
import { BranchSelect } from './branch_select';
import type { Placed } from './branches';
import { below } from './branches';
import css from './organisation.module.css';
import type { BranchBody, TreeName } from './trees';
import { removeBranch, saveBranch, useTree } from './trees';

interface Props {
  tree: TreeName;
  /** null: a new one, below `parent`. */
  branch: Placed | null;
  parent: string | null;
  onClose: () => void;
  /** With what is there now; null: it was removed. */
  onDone: (id: string | null) => void;
}

/** Adds, renames, moves and removes one area or department. */
export function BranchForm({ tree, branch, parent, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { branches } = useTree(tree);
  const [form] = Form.useForm<BranchBody>();
  const done = (id: string | null) => {
    for (const key of [tree, 'devices', 'doors', 'people']) {
      void queryClient.invalidateQueries({ queryKey: [key] });
    }
    onDone(id);
  };
  const save = useMutation({
    mutationFn: (typed: BranchBody) =>
      saveBranch(tree, branch, { name: typed.name.trim(), parent_id: typed.parent_id ?? null }),
    onSuccess: (saved) => done(saved.id),
    onError: (error) => showFieldErrors(form, error),
  });
  const remove = useMutation({
    mutationFn: () => removeBranch(tree, branch!.id),
    onSuccess: () => done(null),
  });
  const ask = () =>
    modal.confirm({
      title: t('organisation.remove', { name: branch!.name }),
      content: t('organisation.remove_hint'),
      okText: t('organisation.remove_yes'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () => remove.mutateAsync().catch(() => undefined),
    });
  const error = save.error ?? remove.error;
  return (
    <Modal
      open
      title={branch ? branch.name : t(`organisation.${tree}.add`)}
      onCancel={onClose}
      footer={[
        branch && (
          <Button key="remove" danger onClick={ask} loading={remove.isPending} className={css.remove}>
            {t('organisation.remove_yes')}
          </Button>
        ),
        <Button key="cancel" onClick={onClose}>
          {t('common.cancel')}
        </Button>,
        <Button key="save" type="primary" onClick={form.submit} loading={save.isPending}>
          {t(branch ? 'common.save' : 'common.add')}
        </Button>,
      ]}
    >
      <SaveProblem error={error} className={css.gap} />
      <Form<BranchBody>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: branch?.name, parent_id: branch ? branch.parent_id : parent }}
        onFinish={(typed) => save.mutate(typed)}
      >
        <Form.Item
          name="name"
          label={t('organisation.name')}
          rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
        >
          <Input maxLength={64} autoFocus autoComplete="off" />
        </Form.Item>
        <Form.Item name="parent_id" label={t('organisation.parent')}>
          <BranchSelect
            tree={tree}
            none={t('organisation.top')}
            without={branch ? below(branches, branch.id) : undefined}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
