import { useQuery } from '@tanstack/react-query';
import { App, Button, Progress, Result } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import type { PeopleImport } from '../../../api/client';
import { api } from '../../../api/client';
import { answerOf, Problem } from '../../../api/problem';
import { queryClient } from '../../../api/queries';
import { LinkButton } from '../../../ui/link_button';
import { Failure, Loading } from '../../../ui/page';
import { useProblemText } from '../../../ui/problem_text';
import css from '../people.module.css';
import { cancelImport } from './hand_in';

const look_again_ms = 400;

interface Props {
  id: string;
  /** What a row is called: the line of the file, or the person's number. */
  rowName?: (row: number) => string;
  onAgain: () => void;
}

/** An import that runs on the platform: it goes on when this page is left. */
export function ImportProgress({ id, rowName, onAgain }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const query = useQuery({
    queryKey: ['import', id],
    queryFn: () => answerOf(api.GET('/people/import/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? look_again_ms : false),
  });
  const state = query.data?.state;
  useEffect(() => {
    if (state === undefined || state === 'running') return;
    for (const key of ['people', 'departments', 'cards', 'issue-states'])
      void queryClient.invalidateQueries({ queryKey: [key] });
  }, [state]);
  if (query.isPending) return <Loading rows={2} />;
  if (query.error) return <Failure error={query.error} onRetry={onAgain} />;
  if (query.data.state === 'running') {
    const { rows, added, changed } = query.data;
    return (
      <div className={css.running}>
        <Progress percent={Math.floor((100 * (added + changed)) / rows)} />
        <p role="status">{t('imports.running', { done: added + changed, rows })}</p>
        <p className="quiet">{t('imports.running_hint')}</p>
        <Button onClick={() => void cancelImport(id).catch((error: unknown) => message.error(textOf(error)))}>
          {t('imports.stop')}
        </Button>
      </div>
    );
  }
  return <Ended import_={query.data} rowName={rowName} onAgain={onAgain} />;
}

function Ended({ import_, rowName, onAgain }: Omit<Props, 'id'> & { import_: PeopleImport }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const { state, added, changed, problem } = import_;
  const row = problem?.row ?? null;
  const where = row === null ? '' : (rowName?.(row) ?? t('imports.row', { row: row + 1 }));
  return (
    <Result
      status={state === 'done' ? 'success' : 'warning'}
      title={t(`imports.ended.${state as 'done' | 'failed' | 'cancelled'}`)}
      subTitle={
        <div role="status">
          <p>{t('imports.taken', { added, changed })}</p>
          {problem && <p>{`${where} ${textOf(new Problem(0, problem.code, problem.detail))}`.trim()}</p>}
          {state !== 'done' && <p>{t('imports.again_hint')}</p>}
        </div>
      }
      extra={[
        <LinkButton key="people" to="/people" type="primary">
          {t('imports.to_people')}
        </LinkButton>,
        <Button key="again" onClick={onAgain}>
          {t('imports.again')}
        </Button>,
      ]}
    />
  );
}
