import { PlusOutlined, UploadOutlined, UsergroupAddOutlined } from '@ant-design/icons';
import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router-dom';

import type { Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { Avatar } from '../../ui/avatar';
import { useEndless } from '../../ui/infinite';
import { LinkButton } from '../../ui/link_button';
import { Empty, Failure, Loading, Page, Panel } from '../../ui/page';
import { usePhone } from '../../ui/phone';
import { SearchField } from '../../ui/search_field';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import organisationCss from '../organisation/organisation.module.css';
import { TreePanel } from '../organisation/tree_panel';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import { ExportButton } from './import/export_button';
import css from './people.module.css';
import { PeopleSwitch } from './people_switch';

const idOf = (person: Person) => person.id;

export default function PeoplePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayEdit = useMay('people', 'edit');
  const onPhone = usePhone();
  const [search, setSearch] = useSearchParams();
  const typed = search.get('q') ?? '';
  const q = useDeferredValue(typed.trim());
  const department = search.get('department');
  const { branches } = useTree('departments');
  const people = useEndless<Person>(['people', 'list', q, department], (cursor, signal) => {
    const filters = { ...(q === '' ? {} : { q }), ...(department === null ? {} : { department }) };
    return answerOf(api.GET('/people', { params: { query: { limit: 200, cursor, ...filters } }, signal }));
  });
  const look = (wanted: { q?: string; department?: string | null }) => {
    const next = { q: typed, department, ...wanted };
    const kept = Object.entries(next).filter((entry): entry is [string, string] => Boolean(entry[1]));
    setSearch(Object.fromEntries(kept), { replace: true });
  };

  const add = mayEdit && (
    <LinkButton
      to={department === null ? '/people/new' : `/people/new?department=${department}`}
      type="primary"
      icon={<PlusOutlined />}
    >
      {t('people.add')}
    </LinkButton>
  );
  const columns: Column<Person>[] = [
    {
      key: 'name',
      title: t('people.name'),
      width: 'minmax(160px, 1.5fr)',
      render: (person) => (
        <span className={css.named}>
          <Avatar name={person.name} person={person.id} photo={person.photo} size={24} />
          <b className="cut">{person.name}</b>
        </span>
      ),
    },
    {
      key: 'user_id',
      title: t('people.user_id'),
      width: '90px',
      render: (person) => <span className="num">{person.user_id}</span>,
    },
    {
      key: 'department',
      title: t('people.department'),
      width: 'minmax(120px, 1fr)',
      render: (person) => {
        const place = branches.find((branch) => branch.id === person.department_id);
        return <span title={place?.path}>{place?.name ?? <span className="quiet">–</span>}</span>;
      },
    },
    {
      key: 'type',
      title: t('people.type'),
      width: '90px',
      render: (person) => t(`person_types.${person.type}`),
    },
    {
      key: 'cards',
      title: t('people.cards'),
      width: 'minmax(150px, 1fr)',
      render: (person) => <CardNumbers person={person} />,
    },
    {
      key: 'pin',
      title: t('people.pin'),
      width: '60px',
      render: (person) => (person.has_pin ? t('people.pin_set') : <span className="quiet">–</span>),
    },
    {
      key: 'valid',
      title: t('people.valid_to'),
      width: '150px',
      render: (person) =>
        person.valid_to ? <Time at={person.valid_to} /> : <span className="quiet">–</span>,
    },
  ];
  const phone = (person: Person) => (
    <div className={css.phone}>
      <Avatar name={person.name} person={person.id} photo={person.photo} size={34} />
      <b className="cut">{person.name}</b>
      <span className="num quiet">{person.user_id}</span>
      <span className="cut">
        <CardNumbers person={person} />
      </span>
    </div>
  );

  return (
    <Page
      title={t('pages.people')}
      note={<PeopleSwitch view="people" />}
      actions={
        <>
          {people.rows.length > 0 && (
            <ExportButton
              filters={{ ...(q === '' ? {} : { q }), ...(department === null ? {} : { department }) }}
            />
          )}
          {mayEdit && (
            <>
              <LinkButton to="/people/import" icon={<UploadOutlined />} aria-label={t('imports.to_import')}>
                {!onPhone && t('imports.to_import')}
              </LinkButton>
              <LinkButton
                to="/people/batch"
                icon={<UsergroupAddOutlined />}
                aria-label={t('imports.to_batch')}
              >
                {!onPhone && t('imports.to_batch')}
              </LinkButton>
            </>
          )}
          {(people.rows.length > 0 || q !== '') && add}
        </>
      }
      shape="fill"
    >
      <div className={organisationCss.beside}>
        <TreePanel
          tree="departments"
          selected={department}
          onSelect={(id) => look({ department: id })}
          mayEdit={mayEdit}
        />
        <Panel className={css.panel}>
          <div className={css.bar}>
            <SearchField
              className={css.search}
              label={t('people.search')}
              value={typed}
              onChange={(q) => look({ q })}
            />
          </div>
          {people.isPending ? (
            <Loading />
          ) : people.error ? (
            <Failure error={people.error} onRetry={() => void people.refetch()} />
          ) : people.rows.length === 0 && q !== '' ? (
            <Empty title={t('people.no_match', { q })}>{t('people.no_match_hint')}</Empty>
          ) : people.rows.length === 0 && department !== null ? (
            <Empty title={t('people.department_empty')} action={add}>
              {t('people.department_empty_hint')}
            </Empty>
          ) : people.rows.length === 0 ? (
            <Empty title={t('people.empty')} action={add}>
              {t('people.empty_hint')}
            </Empty>
          ) : (
            <VirtualTable
              label={t('pages.people')}
              columns={columns}
              rows={people.rows}
              keyOf={idOf}
              phone={phone}
              onOpen={(person) => navigate(`/people/${person.id}`)}
              onEnd={people.onEnd}
              footer={people.isFetchingNextPage ? t('common.loading_more') : undefined}
            />
          )}
        </Panel>
      </div>
    </Page>
  );
}

function CardNumbers({ person }: { person: Person }) {
  const { t } = useTranslation();
  if (person.cards.length === 0) return <span className="quiet">{t('people.cards_none')}</span>;
  return (
    <span className="mono num">
      {person.cards.map((card, index) => (
        <span key={card.number}>
          {index > 0 && ', '}
          {card.number}
          {card.status !== 'active' && <span className="quiet"> ({t(`card_statuses.${card.status!}`)})</span>}
        </span>
      ))}
    </span>
  );
}
