import { Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { RulePerson } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';

interface Props {
  /** The first three are given by the form. */
  id?: string;
  value?: readonly RulePerson[];
  onChange?: (people: RulePerson[]) => void;
  label?: string;
  placeholder: string;
  disabled?: boolean;
  most?: number;
}

/** People by name, found by a part of it, of their user ID or of a card's number. */
export function PeopleField({ value = [], onChange, label, placeholder, most, ...rest }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ['people', 'find', q, 30],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/people', { params: { query: { limit: 30, ...(q === '' ? {} : { q }) } }, signal })),
    placeholderData: (previous) => previous,
  });
  const known = new Map<string, RulePerson>();
  for (const { id, name, user_id } of found.data?.items ?? []) known.set(id, { id, name, user_id });
  const offered = [...known.values()];
  for (const person of value) known.set(person.id, person);
  return (
    <Select<string[]>
      {...rest}
      mode="multiple"
      showSearch
      maxCount={most}
      aria-label={label}
      filterOption={false}
      value={value.map((person) => person.id)}
      searchValue={typed}
      onSearch={setTyped}
      onChange={(ids) => {
        onChange?.(ids.flatMap((id) => known.get(id) ?? []));
        setTyped('');
      }}
      loading={found.isFetching}
      placeholder={placeholder}
      notFoundContent={found.isFetching ? t('common.loading') : t('people.no_match', { q })}
      labelRender={({ value: id }) => known.get(String(id))?.name ?? String(id)}
      options={offered.map((person) => ({ value: person.id, label: `${person.name} · ${person.user_id}` }))}
    />
  );
}
