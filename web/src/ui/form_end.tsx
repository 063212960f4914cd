import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import css from './form_end.module.css';

interface Props {
  /** In place of "Save". */
  word?: string;
  busy: boolean;
  disabled?: boolean;
  danger?: boolean;
  /** What else there is to do or to know, at the left. */
  children?: ReactNode;
}

/** The end of a form in a drawer or a dialog: what is done with what was typed stands at the right. */
export function FormEnd({ word, busy, disabled, danger, children }: Props) {
  const { t } = useTranslation();
  return (
    <div className={css.end}>
      {children}
      <Button type="primary" htmlType="submit" loading={busy} disabled={disabled} danger={danger}>
        {word ?? t('common.save')}
      </Button>
    </div>
  );
}
