import { useMutation } from '@tanstack/react-query';
import { Drawer, Form } from 'antd';
import { useTranslation } from 'react-i18next';

import { queryClient } from '../../api/queries';
import { NamedForm } from '../../ui/named_form';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import { BranchSelect } from './branch_select';
import type { Placed } from './branches';
import { below } from './branches';
import type { BranchBody, TreeName } from './trees';
import { removeBranch, saveBranch, useTree } from './trees';

interface Props {
  tree: TreeName;
  /** null: a new one, below `parent`. */
  branch: Placed | null;
  parent: string | null;
  onClose: () => void;
  /** With what is there now; null: it was deleted. */
  onDone: (id: string | null) => void;
}

/** Adds, renames, moves and deletes one area or department. */
export function BranchForm({ tree, branch, parent, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const { branches } = useTree(tree);
  const [form] = Form.useForm<BranchBody>();
  const save = useMutation({
    mutationFn: (typed: BranchBody) =>
      saveBranch(tree, branch, { name: typed.name.trim(), parent_id: typed.parent_id ?? null }),
    onSuccess: (saved) => {
      for (const key of [tree, 'devices', 'doors', 'people']) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
      onDone(saved.id);
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Drawer
      open
      onClose={onClose}
      width={420}
      title={branch ? branch.name : t(`organisation.${tree}.add`)}
      extra={
        branch && (
          <Removal
            title={t('organisation.remove', { name: branch.name })}
            loss={t('organisation.remove_hint')}
            remove={() => removeBranch(tree, branch.id)}
            onDone={() => onDone(null)}
          />
        )
      }
    >
      <NamedForm
        form={form}
        save={save}
        mayEdit
        isNew={branch === null}
        initialValues={{ name: branch?.name, parent_id: branch ? branch.parent_id : parent }}
      >
        <Form.Item name="parent_id" label={t('organisation.parent')}>
          <BranchSelect
            tree={tree}
            none={t('organisation.top')}
            without={branch ? below(branches, branch.id) : undefined}
          />
        </Form.Item>
      </NamedForm>
    </Drawer>
  );
}
