import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { FormerPerson } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useEndless } from '../../ui/infinite';
import { LinkButton } from '../../ui/link_button';
import { Empty, Failure, Loading, Page, Panel } from '../../ui/page';
import { Removal } from '../../ui/removal';
import { SearchField } from '../../ui/search_field';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { useMay } from '../shell/me_context';
import css from './people.module.css';
import { PeopleSwitch } from './people_switch';

const idOf = (person: FormerPerson) => person.id;

/** People who were removed: their events still name them, until they are erased. */
export default function FormerPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const typed = search.get('q') ?? '';
  const q = useDeferredValue(typed.trim());
  const people = useEndless<FormerPerson>(['former-people', q], (cursor, signal) =>
    answerOf(
      api.GET('/former-people', {
        params: { query: { limit: 200, cursor, ...(q === '' ? {} : { q }) } },
        signal,
      }),
    ),
  );
  const columns: Column<FormerPerson>[] = [
    {
      key: 'name',
      title: t('people.name'),
      width: 'minmax(160px, 1.5fr)',
      render: (person) => <b className="cut">{person.name}</b>,
    },
    {
      key: 'user_id',
      title: t('people.user_id'),
      width: '120px',
      render: (person) => <span className="num">{person.user_id}</span>,
    },
    {
      key: 'removed',
      title: t('former.removed_at'),
      width: '150px',
      render: (person) => <Time at={person.removed_at} />,
    },
    { key: 'erase', title: '', width: '110px', render: (person) => <Erase person={person} /> },
  ];
  const phone = (person: FormerPerson) => (
    <div className={css.former}>
      <b className="cut">{person.name}</b>
      <Erase person={person} />
      <span className="quiet">
        <span className="num">{person.user_id}</span> · <Time at={person.removed_at} />
      </span>
    </div>
  );
  return (
    <Page
      title={t('pages.people')}
      note={<PeopleSwitch view="former" />}
      actions={<LinkButton to="/people/notice">{t('notice.title')}</LinkButton>}
      shape="fill"
    >
      <Panel className={css.panel}>
        <div className={css.bar}>
          <SearchField
            className={css.search}
            label={t('former.search')}
            value={typed}
            onChange={(q) => setSearch(q === '' ? {} : { q }, { replace: true })}
          />
          <p className={`quiet ${css.explained}`}>{t('former.hint')}</p>
        </div>
        {people.isPending ? (
          <Loading />
        ) : people.error ? (
          <Failure error={people.error} onRetry={() => void people.refetch()} />
        ) : people.rows.length === 0 ? (
          <Empty title={t(q === '' ? 'former.none' : 'people.no_match', { q })}>
            {t(q === '' ? 'former.none_hint' : 'former.no_match_hint')}
          </Empty>
        ) : (
          <VirtualTable
            label={t('cards.view_former')}
            columns={columns}
            rows={people.rows}
            keyOf={idOf}
            phone={phone}
            onEnd={people.onEnd}
            footer={people.isFetchingNextPage ? t('common.loading_more') : undefined}
          />
        )}
      </Panel>
    </Page>
  );
}

function Erase({ person }: { person: FormerPerson }) {
  const { t } = useTranslation();
  if (!useMay('people', 'edit')) return null;
  return (
    <Removal
      title={t('former.erase', { name: person.name })}
      loss={t('former.erase_hint')}
      word={t('former.erase_yes')}
      remove={() => answerOf(api.DELETE('/former-people/{id}', { params: { path: { id: person.id } } }))}
    />
  );
}
