// The frame of a page and the three states that every list has besides its rows.
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import css from './page.module.css';
import { useProblemText } from './problem_text';

interface PageProps {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  /** fill: the page does not scroll, its parts do. */
  shape?: 'flow' | 'fill';
  children: ReactNode;
}

export function Page({ title, note, actions, shape = 'flow', children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Sallyport`;
  }, [title]);
  return (
    <main className={`${css.page} ${css[shape]}`}>
      <div className={css.head}>
        <h1>{title}</h1>
        {note !== undefined && <span className={css.note}>{note}</span>}
        <div className={css.actions}>{actions}</div>
      </div>
      {children}
    </main>
  );
}

export function Panel({ title, actions, children, className }: Partial<PageProps> & { className?: string }) {
  return (
    <section className={`${css.panel} ${className ?? ''}`} aria-label={title}>
      {title !== undefined && (
        <div className={css.panelHead}>
          <h2>{title}</h2>
          <div className={css.actions}>{actions}</div>
        </div>
      )}
      {children}
    </section>
  );
}

/** An empty list says why it is empty and what the next step is. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={css.state} role="status">
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** What happened, why, and a way out. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  return (
    <div className={css.state} role="alert">
      <h2>{t('common.failed')}</h2>
      <p>{textOf(error)}</p>
      {onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
    </div>
  );
}

export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className={css.loading} role="status" aria-label={t('common.loading')}>
      <Skeleton active title={false} paragraph={{ rows, width: '100%' }} />
    </div>
  );
}

/** What was asked for; until it is there, that it is loading, or why it does not come. */
export function Queried<T>({
  query,
  rows,
  children,
}: {
  query: UseQueryResult<T>;
  rows: number;
  children: (data: T) => ReactNode;
}) {
  if (query.isPending) return <Loading rows={rows} />;
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return children(query.data);
}

/** Name and value pairs. */
export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className={css.facts}>
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
