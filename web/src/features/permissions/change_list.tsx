import { useTranslation } from 'react-i18next';

import type { TimeTemplate } from '../../api/client';
import { useDoors } from '../../api/queries';
import { useTimeText } from '../../ui/site';
import { useTree } from '../organisation/trees';
import type { Change } from './changes';
import css from './permissions.module.css';
import { useWeekText } from './week_text';

const most_lines = 5;
const most_names = 3;

interface Props {
  changes: Change[];
  names: ReadonlyMap<string, string>;
  template: TimeTemplate | undefined;
  effect: 'allow' | 'deny';
  /** When the group ends. */
  end: string | null;
}

/** Who gains, who loses, before it is saved. */
export function ChangeList({ changes, names, template, effect, end }: Props) {
  const { t } = useTranslation();
  const doors = useDoors();
  const weekText = useWeekText();
  const timeText = useTimeText();
  const { branches } = useTree('departments');
  const doorNames = (ids: string[]) =>
    ids.map((id) => doors.data?.find((door) => door.id === id)?.name ?? id).join(', ');
  const peopleText = ({ people: ids, departments }: Change) => {
    const places = departments.flatMap((id) => branches.find((branch) => branch.id === id)?.path ?? []);
    if (places.length > 0) {
      const all = t('permissions.diff_departments', { count: places.length, names: places.join(', ') });
      return ids.length === 0 ? all : `${all}, ${t('permissions.people_count', { count: ids.length })}`;
    }
    const known = ids.slice(0, most_names).flatMap((id) => names.get(id) ?? []);
    const more = ids.length > known.length ? '…' : '';
    if (known.length === 0) return t('permissions.people_count', { count: ids.length });
    return t('permissions.diff_people', {
      count: ids.length,
      names: [...known, more].filter(Boolean).join(', '),
    });
  };
  const textOf = (change: Change) => {
    const people = peopleText(change);
    const count = change.people.length + change.departments.length;
    if (change.kind === 'when') {
      const week = template ? weekText(template) : t('common.always');
      const times = end === null ? week : t('permissions.until', { week, end: timeText(end) });
      return t(effect === 'deny' ? 'permissions.diff_denied' : 'permissions.diff_when', {
        count,
        people,
        template: times,
      });
    }
    return t(`permissions.diff_${change.kind}`, { count, people, doors: doorNames(change.doors) });
  };
  return (
    <section className={css.changes} aria-label={t('permissions.diff')} aria-live="polite">
      <h3>{t('permissions.diff')}</h3>
      {changes.length === 0 ? (
        <p className="quiet">{t('permissions.diff_nothing')}</p>
      ) : (
        <ul>
          {changes.slice(0, most_lines).map((change) => (
            <li key={`${change.kind} ${change.doors.join()}`} className={css[change.kind]}>
              {textOf(change)}
            </li>
          ))}
          {changes.length > most_lines && <li className="quiet">… +{changes.length - most_lines}</li>}
        </ul>
      )}
    </section>
  );
}
