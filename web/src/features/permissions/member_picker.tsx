import { CloseOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useEndless } from '../../ui/infinite';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import css from './permissions.module.css';

export type Member = Pick<Person, 'id' | 'name' | 'user_id' | 'department_id'>;

interface Props {
  group: string | null;
  /** Who is in `value` from the start and not in the group. */
  first: Member | undefined;
  value: readonly string[];
  onChange: (people: readonly string[]) => void;
  /** Tells the names of those that it has seen. */
  onKnow: (members: readonly Member[]) => void;
  disabled: boolean;
}

const idOf = (member: Member) => member.id;

/** The people of a group: those who are in it page by page, those who are added on top. */
export function MemberPicker({ group, first, value, onChange, onKnow, disabled }: Props) {
  const { t } = useTranslation();
  const [added, setAdded] = useState<readonly Member[]>(first ? [first] : []);
  const inside = useEndless<Person>(['people', 'group', group], (cursor, signal) =>
    group === null
      ? Promise.resolve({ items: [], next: null })
      : answerOf(api.GET('/people', { params: { query: { group, limit: 500, cursor } }, signal })),
  );
  const latest = useRef(onKnow);
  latest.current = onKnow;
  useEffect(() => latest.current([...inside.rows, ...added]), [inside.rows, added]);

  const chosen = useMemo(() => new Set(value), [value]);
  const rows = useMemo(() => {
    const seen = new Set<string>();
    const all = [...added, ...inside.rows].filter((member) => chosen.has(member.id));
    return all.filter((member) => !seen.has(member.id) && seen.add(member.id));
  }, [added, inside.rows, chosen]);
  const remove = (member: Member) => onChange(value.filter((id) => id !== member.id));
  const row = (member: Member) => (
    <div className={css.member}>
      <span className="cut">{member.name}</span>
      <span className="quiet num">{member.user_id}</span>
      {!disabled && (
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t('permissions.people_remove', { name: member.name })}
          onClick={() => remove(member)}
        />
      )}
    </div>
  );
  const columns: Column<Member>[] = [{ key: 'member', title: '', width: 'minmax(0, 1fr)', render: row }];

  return (
    <section className={css.picker} aria-label={t('permissions.people')}>
      <div className={css.pickerHead}>
        <h3>{t('permissions.people')}</h3>
        <span className="quiet num">{t('permissions.people_count', { count: value.length })}</span>
      </div>
      {!disabled && (
        <PersonSearch
          without={chosen}
          onPick={(member) => {
            setAdded((before) => [member, ...before]);
            onChange([...value, member.id]);
          }}
        />
      )}
      {rows.length === 0 ? (
        <p className={css.none}>{t('permissions.people_none')}</p>
      ) : (
        <div className={css.members}>
          <VirtualTable
            label={t('permissions.people')}
            columns={columns}
            rows={rows}
            keyOf={idOf}
            phone={row}
            phoneHeight={44}
            atMost="240px"
            header="hidden"
            onEnd={inside.onEnd}
          />
        </div>
      )}
    </section>
  );
}

function PersonSearch({
  without,
  onPick,
}: {
  without: ReadonlySet<string>;
  onPick: (member: Member) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ['people', 'find', q, 30],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/people', { params: { query: { limit: 30, ...(q === '' ? {} : { q }) } }, signal })),
    placeholderData: (previous) => previous,
  });
  const people = (found.data?.items ?? []).filter((person) => !without.has(person.id));
  return (
    <Select<string>
      className={css.personSearch}
      showSearch
      filterOption={false}
      value={null as never}
      searchValue={typed}
      onSearch={setTyped}
      placeholder={t('permissions.people_add')}
      aria-label={t('permissions.people_add')}
      loading={found.isFetching}
      onSelect={(id) => {
        const person = people.find((item) => item.id === id);
        if (person) onPick(person);
        setTyped('');
      }}
      options={people.map((person) => ({ value: person.id, label: `${person.name} · ${person.user_id}` }))}
    />
  );
}
