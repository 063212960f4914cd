import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';

import type { Device, IssueState } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, usePerson } from '../../api/queries';
import { useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';

/** Asks the controller again at once, for one person or for all. */
export function useRetry(device: string) {
  return useMutation({
    mutationFn: (person_id: string | null) =>
      answerOf(
        api.POST('/devices/{id}/issue-retries', { params: { path: { id: device } }, body: { person_id } }),
      ),
    onSettled: () => {
      for (const key of ['devices', 'issue-states']) void queryClient.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** Whom a controller does not take, and why; with another try. */
export function RefusedPeople({ device }: { device: Device }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const mayView = useMay('permissions', 'view');
  const mayEdit = useMay('permissions', 'edit');
  const retry = useRetry(device.id);
  const states = useQuery({
    queryKey: ['issue-states', 'device', device.id],
    queryFn: async () => {
      const pages = await Promise.all(
        device.doors.map(({ id }) =>
          answerOf(
            api.GET('/issue-states', { params: { query: { door: id, state: 'failed', limit: 1000 } } }),
          ),
        ),
      );
      const byPerson = new Map<string, IssueState>();
      for (const state of pages.flatMap((page) => page.items)) byPerson.set(state.person_id, state);
      return [...byPerson.values()].filter(({ reason }) => !reason?.endsWith('_at_keypad'));
    },
    enabled: mayView && device.refused_people > 0,
    refetchInterval: 5_000,
  });
  if (device.refused_people === 0 || !mayView) return null;
  return (
    <Alert
      className={css.keypad}
      type="error"
      showIcon
      message={t('refused_people.title', { count: device.refused_people })}
      description={
        <>
          <ul>
            {(states.data ?? []).slice(0, 20).map((state) => (
              <li key={state.person_id}>
                <Refused state={state} />
              </li>
            ))}
          </ul>
          {retry.error && <p role="alert">{textOf(retry.error)}</p>}
          {mayEdit && (
            <Button size="small" loading={retry.isPending} onClick={() => retry.mutate(null)}>
              {t('refused_people.retry_all')}
            </Button>
          )}
        </>
      }
    />
  );
}

function Refused({ state }: { state: IssueState }) {
  const { t } = useTranslation();
  const person = usePerson(state.person_id);
  return (
    <>
      <Link to={`/people/${state.person_id}`}>{person.data?.name ?? '…'}</Link>
      {state.reason !== null && `: ${t(`issue_reasons.${state.reason}`)}`}
    </>
  );
}
