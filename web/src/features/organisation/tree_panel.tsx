import { EditOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Opened } from '../../ui/opened';
import { usePhone } from '../../ui/phone';
import { useProblemText } from '../../ui/problem_text';
import { BranchForm } from './branch_form';
import { BranchSelect } from './branch_select';
import type { Placed } from './branches';
import css from './organisation.module.css';
import type { TreeName } from './trees';
import { readBranch, useTree } from './trees';

interface Props {
  tree: TreeName;
  selected: string | null;
  onSelect: (id: string | null) => void;
  mayEdit: boolean;
  /** How many there are in all, those in no branch included; unknown: not said. */
  count?: number;
}

/** The organisation at the left of a list: what is chosen is what the list shows. On a phone, a field. */
export function TreePanel(props: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { tree, selected, onSelect, mayEdit } = props;
  const { branches } = useTree(tree);
  const [edited, setEdited] = useState<{ branch: Placed | null } | null>(null);
  if (phone && branches.length === 0) return null;
  return (
    <>
      {phone ? (
        <BranchSelect
          tree={tree}
          value={selected}
          onChange={onSelect}
          none={t(`organisation.${tree}.all`)}
          label={t(`organisation.${tree}.title`)}
        />
      ) : (
        <nav className={css.panel} aria-label={t(`organisation.${tree}.title`)}>
          <div className={css.head}>
            <h2>{t(`organisation.${tree}.title`)}</h2>
            {mayEdit && (
              <Button
                size="small"
                type="text"
                icon={<PlusOutlined />}
                aria-label={t(`organisation.${tree}.add`)}
                title={t(`organisation.${tree}.add`)}
                onClick={() => setEdited({ branch: null })}
              />
            )}
          </div>
          <Branches {...props} branches={branches} onEdit={(branch) => setEdited({ branch })} />
        </nav>
      )}
      {edited && (
        <Opened
          key={edited.branch?.id ?? 'new'}
          now={edited.branch}
          load={async () => ({ ...edited.branch!, ...(await readBranch(tree, edited.branch!.id)) })}
        >
          {(branch) => (
            <BranchForm
              tree={tree}
              branch={branch}
              parent={selected}
              onClose={() => setEdited(null)}
              onDone={(id) => {
                setEdited(null);
                if (id === null && edited.branch?.id === selected) onSelect(null);
              }}
            />
          )}
        </Opened>
      )}
    </>
  );
}

interface ListProps extends Props {
  branches: Placed[];
  onEdit: (branch: Placed) => void;
}

function Branches({ tree, branches, selected, onSelect, mayEdit, count, onEdit }: ListProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const { error } = useTree(tree);
  if (error) return <p className={css.hint}>{textOf(error)}</p>;
  return (
    <ul className={css.branches}>
      <li>
        <button
          type="button"
          className={css.branch}
          aria-current={selected === null ? 'true' : undefined}
          onClick={() => onSelect(null)}
        >
          <span className="cut">{t(`organisation.${tree}.all`)}</span>
          {count !== undefined && <span className={css.count}>{count}</span>}
        </button>
      </li>
      {branches.map((branch) => (
        <li key={branch.id} className={css.line}>
          <button
            type="button"
            className={css.branch}
            style={{ paddingLeft: 12 + branch.depth * 14 }}
            aria-current={selected === branch.id ? 'true' : undefined}
            title={branch.path}
            onClick={() => onSelect(branch.id)}
          >
            <span className="cut">{branch.name}</span>
            <span className={css.count}>{branch.total}</span>
          </button>
          {mayEdit && (
            <button
              type="button"
              className={css.edit}
              aria-label={t('organisation.edit', { name: branch.path })}
              title={t('organisation.edit', { name: branch.path })}
              onClick={() => onEdit(branch)}
            >
              <EditOutlined />
            </button>
          )}
        </li>
      ))}
      {branches.length === 0 && <li className={css.hint}>{t(`organisation.${tree}.hint`)}</li>}
    </ul>
  );
}
