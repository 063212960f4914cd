import { useMutation } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import type { ComponentRef, CSSProperties, ReactNode } from 'react';
import { createContext, Fragment, useContext, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Problem } from '../api/problem';
import { queryClient } from '../api/queries';
import { useProblemText } from './problem_text';
import { useZone } from './site';

const Again = createContext<(() => Promise<void>) | null>(null);

interface Props<T> {
  /** What is loaded now; null: a new one. */
  now: T;
  /** Reads it anew. */
  load: () => Promise<T>;
  /** `reopen` begins anew with what was saved. */
  children: (opened: T, reopen: (saved: T) => void) => ReactNode;
}

/**
 * A form of what others may change meanwhile. Once somebody has begun to type it keeps what it was opened
 * with, whatever is loaded behind it: what it sends names the revision that this somebody saw.
 */
export function Opened<T extends { revision: number } | null>({ now, load, children }: Props<T>) {
  const zone = useZone();
  const [shown, setShown] = useState({ thing: now, turn: 0, touched: false });
  const reopen = (thing: T) => setShown(({ turn }) => ({ thing, turn: turn + 1, touched: false }));
  const touch = () => setShown((before) => (before.touched ? before : { ...before, touched: true }));
  if (!shown.touched && now && shown.thing && now.revision > shown.thing.revision) reopen(now);
  const again = async () => {
    reopen(await load());
    await queryClient.invalidateQueries();
  };
  return (
    <Again.Provider value={again}>
      <div role="presentation" style={passed} onKeyDownCapture={touch} onPointerDownCapture={touch}>
        {/* Its times are those of the site's clock, which may be told after the thing itself. */}
        <Fragment key={`${zone} ${shown.turn}`}>{children(shown.thing, reopen)}</Fragment>
      </div>
    </Again.Provider>
  );
}

const passed: CSSProperties = { display: 'contents' };

interface ProblemProps {
  error: Error | null;
  /** In place of the problem's own words. */
  text?: string;
  /** Where the form stands in no `Opened`: begins anew with what is there now. */
  again?: () => Promise<void>;
  banner?: boolean;
  className?: string;
}

/** Why something was not saved; after somebody else was quicker with the way to what is there now. */
export function SaveProblem({ error, text, again, banner, className }: ProblemProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const inside = useContext(Again);
  const anew = again ?? inside;
  const load = useMutation({ mutationFn: async () => anew?.() });
  const alert = useRef<ComponentRef<typeof Alert>>(null);
  const atFields = error instanceof Problem && error.errors.length > 0;
  // Save may be far below. What is wrong with a field is shown there (showFieldErrors).
  useEffect(() => {
    const shown = alert.current?.nativeElement;
    if (error === null || atFields || !shown) return;
    shown.tabIndex = -1;
    shown.focus({ preventScroll: true });
    shown.scrollIntoView({ block: 'nearest' });
  }, [error, atFields]);
  if (error === null) return null;
  const late = error instanceof Problem && error.code === 'changed_meanwhile' && anew !== null;
  return (
    <Alert
      ref={alert}
      className={className}
      type="error"
      showIcon
      banner={banner}
      role="alert"
      message={load.error ? textOf(load.error) : (text ?? textOf(error))}
      action={
        late && (
          <Button size="small" disabled={false} loading={load.isPending} onClick={() => load.mutate()}>
            {t('common.load_again')}
          </Button>
        )
      }
    />
  );
}
