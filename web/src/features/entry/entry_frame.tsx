import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { speak } from '../../ui/i18n';
import { Logo } from '../../ui/logo';
import css from './entry.module.css';

/** The page before one is signed in: one column, and the other language in its own words. */
export function EntryFrame({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const { i18n } = useTranslation();
  const other = i18n.language === 'zh' ? 'en' : 'zh';
  return (
    <main className={css.entry}>
      <div className={css.column}>
        <div className={css.brand}>
          <Logo size={28} />
          <span>Sallyport</span>
          <Button
            type="text"
            size="small"
            lang={other === 'zh' ? 'zh-CN' : 'en'}
            onClick={() => void speak(other, 'remember')}
          >
            {other === 'zh' ? '中文' : 'English'}
          </Button>
        </div>
        <h1>{title}</h1>
        {lead !== undefined && <p className={css.lead}>{lead}</p>}
        {children}
      </div>
    </main>
  );
}
