import { CloseCircleOutlined } from '@ant-design/icons';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { EventKind, Reason } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useDoors } from '../../api/queries';
import { useClear } from '../../ui/search_field';
import { en } from '../../ui/words/en';
import { SpanPicker } from '../../ui/span_picker';
import { BranchSelect } from '../organisation/branch_select';
import { useMay } from '../shell/me_context';
import css from './events.module.css';
import type { Filters, RangeName } from './filters';
import { ranges } from './filters';

const kinds = Object.keys(en.kinds) as EventKind[];
const reasons = Object.keys(en.reasons) as Reason[];

interface Props {
  filters: Filters;
  onChange: (changed: Partial<Filters>) => void;
  onClear: () => void;
}

/** One line of filters; each of them is in the address. */
export function FilterLine({ filters, onChange, onClear }: Props) {
  const { t } = useTranslation();
  const doors = useDoors();
  const seesPeople = useMay('people', 'view');
  const filtered =
    filters.door.length + filters.person.length + filters.kind.length + filters.reason.length > 0 ||
    filters.department !== null ||
    filters.result !== null ||
    filters.card !== null;
  return (
    <div className={css.filters} role="search" aria-label={t('common.search')}>
      <Range filters={filters} onChange={onChange} />
      <Select<string[]>
        mode="multiple"
        className={css.filter}
        maxTagCount="responsive"
        allowClear
        value={filters.door}
        onChange={(door) => onChange({ door })}
        placeholder={t('events.door')}
        aria-label={t('events.door')}
        optionFilterProp="label"
        options={(doors.data ?? []).map((door) => ({ value: door.id, label: door.name }))}
      />
      {seesPeople && <PersonFilter value={filters.person} onChange={(person) => onChange({ person })} />}
      {seesPeople && (
        <div className={css.branch}>
          <BranchSelect
            tree="departments"
            label={t('events.department')}
            none={t('events.department')}
            value={filters.department}
            onChange={(department) => onChange({ department })}
          />
        </div>
      )}
      <Select<EventKind[]>
        mode="multiple"
        className={css.filter}
        maxTagCount="responsive"
        allowClear
        value={filters.kind}
        onChange={(kind) => onChange({ kind })}
        placeholder={t('events.kind')}
        aria-label={t('events.kind')}
        optionFilterProp="label"
        options={kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
      />
      <Select<'granted' | 'denied' | null>
        className={css.narrow}
        allowClear
        value={filters.result}
        onChange={(result) => onChange({ result: result ?? null })}
        placeholder={t('events.result')}
        aria-label={t('events.result')}
        options={(['granted', 'denied'] as const).map((result) => ({
          value: result,
          label: t(`results.${result}`),
        }))}
      />
      <Select<Reason[]>
        mode="multiple"
        className={css.filter}
        maxTagCount="responsive"
        allowClear
        value={filters.reason}
        onChange={(reason) => onChange({ reason })}
        placeholder={t('events.reason')}
        aria-label={t('events.reason')}
        optionFilterProp="label"
        popupMatchSelectWidth={false}
        options={reasons.map((reason) => ({ value: reason, label: t(`reasons.${reason}`) }))}
      />
      {seesPeople && (
        <CardFilter key={filters.card} value={filters.card} onChange={(card) => onChange({ card })} />
      )}
      {filtered && (
        <Button type="text" icon={<CloseCircleOutlined />} onClick={onClear}>
          {t('events.clear_filters')}
        </Button>
      )}
    </div>
  );
}

function Range({ filters, onChange }: Pick<Props, 'filters' | 'onChange'>) {
  const { t } = useTranslation();
  const choose = (range: RangeName | 'custom') => {
    if (range !== 'custom') return onChange({ range, from: null, to: null });
    const to = new Date();
    const from = new Date(to.getTime() - 86_400_000);
    onChange({ range, from: from.toISOString(), to: to.toISOString() });
  };
  return (
    <>
      <Select<RangeName | 'custom'>
        className={css.range}
        value={filters.range}
        onChange={choose}
        aria-label={t('events.range')}
        options={[...ranges, 'custom' as const].map((range) => ({
          value: range,
          label: t(`events.range_${range}`),
        }))}
      />
      {filters.range === 'custom' && (
        <SpanPicker className={css.picker} from={filters.from!} to={filters.to!} onChange={onChange} />
      )}
    </>
  );
}

function PersonFilter({ value, onChange }: { value: string[]; onChange: (person: string[]) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ['people', 'find', q, 30],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/people', { params: { query: { limit: 30, ...(q === '' ? {} : { q }) } }, signal })),
    placeholderData: (previous) => previous,
  });
  const chosen = useQueries({
    queries: value.map((id) => ({
      queryKey: ['people', id],
      queryFn: () => answerOf(api.GET('/people/{id}', { params: { path: { id } } })),
      retry: false,
    })),
  });
  const known = [...(found.data?.items ?? []), ...chosen.flatMap((query) => query.data ?? [])];
  const names = new Map(known.map((person) => [person.id, person.name]));
  return (
    <Select<string[]>
      mode="multiple"
      className={css.filter}
      maxTagCount="responsive"
      allowClear
      filterOption={false}
      searchValue={typed}
      onSearch={setTyped}
      value={value}
      onChange={onChange}
      placeholder={t('events.person')}
      aria-label={t('events.person')}
      options={[...names].map(([id, name]) => ({ value: id, label: name }))}
    />
  );
}

function CardFilter({ value, onChange }: { value: string | null; onChange: (card: string | null) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value ?? '');
  const clean = typed.trim().toUpperCase();
  const wrong = clean !== '' && !/^[0-9A-F]{1,16}$/.test(clean);
  const take = () => !wrong && onChange(clean === '' ? null : clean);
  return (
    <Input
      className={`${css.narrow} mono`}
      value={typed}
      maxLength={16}
      allowClear={useClear()}
      spellCheck={false}
      status={wrong ? 'error' : ''}
      title={wrong ? t('events.card_bad') : undefined}
      aria-invalid={wrong}
      placeholder={t('events.card')}
      aria-label={t('events.card')}
      onChange={(change) => setTyped(change.target.value)}
      onPressEnter={take}
      onBlur={take}
      onClear={() => onChange(null)}
    />
  );
}
