import { Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { TreeName } from './trees';
import { useTree } from './trees';

interface Props {
  tree: TreeName;
  /** Given by the form. */
  id?: string;
  value?: string | null;
  onChange?: (value: string | null) => void;
  disabled?: boolean;
  size?: 'small' | 'middle';
  label?: string;
  /** What no choice means. */
  none: string;
  without?: ReadonlySet<string>;
}

/** An area or a department, found by any part of its path. */
export function BranchSelect({ tree, none, without, label, value, onChange, ...rest }: Props) {
  const { t } = useTranslation();
  const { branches, isPending } = useTree(tree);
  const options = branches
    .filter((branch) => !without?.has(branch.id))
    .map((branch) => ({ value: branch.id, label: branch.path }));
  return (
    <Select
      {...rest}
      aria-label={label}
      value={value ?? undefined}
      onChange={(chosen: string | undefined) => onChange?.(chosen ?? null)}
      options={options}
      loading={isPending}
      showSearch
      optionFilterProp="label"
      allowClear
      placeholder={none}
      notFoundContent={t(`organisation.${tree}.empty`)}
    />
  );
}
