import { Alert, Button, Select } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';

import type { IssueState, PermissionGroup, Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import {
  queryClient,
  useDoors,
  useGroups,
  useGroupsOf,
  useIssueStates,
  useTemplates,
} from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { useTimeText } from '../../ui/site';
import { useRetry } from '../devices/refused_people';
import { below } from '../organisation/branches';
import { useTree } from '../organisation/trees';
import { useWeekText } from '../permissions/week_text';
import { useMay } from '../shell/me_context';
import css from './people.module.css';

/** What a person may open, when, through which group, and whether the controllers know. */
export function PersonMay({ person }: { person: Person }) {
  const { t } = useTranslation();
  const groups = useGroupsOf(person.id);
  const doors = useDoors();
  const templates = useTemplates();
  const states = useIssueStates(person.id);
  const weekText = useWeekText();
  const timeText = useTimeText();
  const { branches } = useTree('departments');
  const noGroups = useGroups().data?.length === 0;
  const failed = groups.error ?? doors.error ?? states.error;

  const rows = (doors.data ?? []).flatMap((door) => {
    const through = (groups.data ?? []).filter((group) => group.doors.includes(door.id));
    const state = states.data?.find((item) => item.door_id === door.id);
    return through.length > 0 || state ? [{ door, through, state }] : [];
  });
  const whenOf = (group: PermissionGroup) => {
    const template = templates.data?.find((item) => item.id === group.template_id);
    const week = group.template_id === null ? t('common.always') : template ? weekText(template) : '';
    if (group.valid_to === null) return week;
    const isOver = new Date(group.valid_to) <= new Date();
    const end = timeText(group.valid_to);
    return isOver ? t('permissions.over', { end }) : t('permissions.until', { week, end });
  };
  /** Why: through which group, and how the person comes to be in it. */
  const reasonOf = (group: PermissionGroup) => {
    const own = branches.find((branch) => branch.id === person.department_id);
    const place = branches.find(
      (branch) => group.departments.includes(branch.id) && own && below(branches, branch.id).has(own.id),
    );
    const direct = group.people.includes(person.id) || !place;
    const name = direct ? group.name : t('people.through', { group: group.name, department: place.path });
    const text = `${name}: ${whenOf(group)}`;
    return group.effect === 'deny' ? t('people.kept_out', { why: text }) : text;
  };

  return (
    <Panel title={t('people.may')}>
      <GroupPicker person={person} mine={groups.data?.filter((group) => group.people.includes(person.id))} />
      {failed ? (
        <Failure error={failed} onRetry={() => void queryClient.invalidateQueries()} />
      ) : groups.isPending || doors.isPending ? (
        <Loading rows={3} />
      ) : rows.length === 0 ? (
        <Empty
          title={t('people.may_none')}
          action={
            noGroups && (
              <Link to={`/permissions?group=new&person=${person.id}`}>{t('permissions.add_group')}</Link>
            )
          }
        >
          {t('people.may_none_hint')}
        </Empty>
      ) : (
        <ul className={css.may}>
          {rows.map(({ door, through, state }) => (
            <li key={door.id}>
              <b className="cut">{door.name}</b>
              <Issued state={state} device={door.device_id} />
              <ul className={css.why}>
                {through.length === 0 && <li>{t('people.groups_none')}</li>}
                {through.map((group) => (
                  <li key={group.id} className={group.effect === 'deny' ? css.keptOut : undefined}>
                    {reasonOf(group)}
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface IssuedProps {
  state: IssueState | undefined;
  /** The door's controller. */
  device: string;
}

function Issued({ state, device }: IssuedProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const mayRetry = useMay('permissions', 'edit');
  const maySettle = useMay('devices', 'view');
  const retry = useRetry(device);
  if (!state) return null;
  const look = state.state === 'issued' ? 'good' : state.state === 'failed' ? 'bad' : 'waiting';
  const atKeypad = state.reason?.endsWith('_at_keypad') ?? false;
  return (
    <span className={css.issued} role="status">
      <StateWord look={look}>
        {t(`issue_states.${state.state}`)}
        {state.reason !== null && `: ${t(`issue_reasons.${state.reason}`)}`}
      </StateWord>
      {state.cards_left_out > 0 && (
        <span className="quiet">{t('people.cards_left_out', { count: state.cards_left_out })}</span>
      )}
      {atKeypad && maySettle && <Link to={`/devices?device=${device}`}>{t('refused_people.settle')}</Link>}
      {state.state === 'failed' && !atKeypad && mayRetry && (
        <Button size="small" loading={retry.isPending} onClick={() => retry.mutate(state.person_id)}>
          {t('refused_people.retry')}
        </Button>
      )}
      {retry.error && <span role="alert">{textOf(retry.error)}</span>}
    </span>
  );
}

/** In and out of groups from the person's side. */
function GroupPicker({ person, mine }: { person: Person; mine: PermissionGroup[] | undefined }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const mayEdit = useMay('permissions', 'edit');
  const groups = useGroups();
  const move = useMutation({
    mutationFn: async (wanted: string[]) => {
      const before = new Set((mine ?? []).map((group) => group.id));
      for (const group of groups.data ?? []) {
        const wants = wanted.includes(group.id);
        if (wants === before.has(group.id)) continue;
        // Only this person goes in or out: others may have come since the groups were read.
        const body = wants ? { add_people: [person.id] } : { remove_people: [person.id] };
        await answerOf(api.PATCH('/permission-groups/{id}', { params: { path: { id: group.id } }, body }));
      }
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['groups'] });
      void queryClient.invalidateQueries({ queryKey: ['issue-states'] });
    },
  });
  if (!mayEdit || (groups.data ?? []).length === 0) return null;
  return (
    <div className={css.groupPicker}>
      <label htmlFor="person-groups">{t('people.groups')}</label>
      <Select
        id="person-groups"
        mode="multiple"
        value={move.isPending ? move.variables : (mine ?? []).map((group) => group.id)}
        loading={move.isPending}
        onChange={(wanted: string[]) => move.mutate(wanted)}
        options={(groups.data ?? []).map((group) => ({ value: group.id, label: group.name }))}
        optionFilterProp="label"
        placeholder={t('people.groups_edit')}
      />
      {move.error && <Alert type="error" showIcon message={textOf(move.error)} />}
    </div>
  );
}
