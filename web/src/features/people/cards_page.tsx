import { useQuery } from '@tanstack/react-query';
import { Drawer, Select } from 'antd';
import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router-dom';

import type { CardDetail, CardStatus, HeldCard } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useEndless } from '../../ui/infinite';
import { StateWord } from '../../ui/marks';
import { Empty, Facts, Failure, Loading, Page, Panel } from '../../ui/page';
import { SearchField } from '../../ui/search_field';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import css from './people.module.css';
import { PeopleSwitch } from './people_switch';

const statuses: CardStatus[] = ['active', 'lost', 'frozen', 'cancelled', 'returned'];
const looks = {
  active: 'good',
  lost: 'bad',
  frozen: 'waiting',
  cancelled: 'bad',
  returned: 'waiting',
} as const;
const numberOf = (card: HeldCard) => card.number;

/** All cards: where one is, and who had it before. */
export default function CardsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const typed = search.get('q') ?? '';
  const q = useDeferredValue(typed.trim());
  const status = statuses.find((one) => one === search.get('status'));
  const opened = search.get('card');
  const cards = useEndless<HeldCard>(['cards', q, status], (cursor, signal) => {
    const filters = { ...(q === '' ? {} : { q }), ...(status === undefined ? {} : { status }) };
    return answerOf(api.GET('/cards', { params: { query: { limit: 200, cursor, ...filters } }, signal }));
  });
  const look = (wanted: { q?: string; status?: string | undefined; card?: string | null }) => {
    const next = { q: typed, status, card: opened, ...wanted };
    const kept = Object.entries(next).filter((entry): entry is [string, string] => Boolean(entry[1]));
    setSearch(Object.fromEntries(kept), { replace: true });
  };
  const holder = (card: HeldCard) =>
    card.person ? <span>{card.person.name}</span> : <span className="quiet">{t('cards.nobody')}</span>;
  const columns: Column<HeldCard>[] = [
    {
      key: 'number',
      title: t('people.card_number'),
      width: 'minmax(150px, 1fr)',
      render: (card) => <b className="mono num">{card.number}</b>,
    },
    {
      key: 'status',
      title: t('cards.status'),
      width: '130px',
      render: (card) => <Status of={card.status} />,
    },
    { key: 'holder', title: t('cards.holder'), width: 'minmax(140px, 1.5fr)', render: holder },
    {
      key: 'type',
      title: t('people.card_type'),
      width: '120px',
      render: (card) => t(`card_types.${card.type}`),
    },
    { key: 'since', title: t('cards.since'), width: '170px', render: (card) => <Time at={card.since} /> },
  ];
  const phone = (card: HeldCard) => (
    <div className={css.cardLine}>
      <b className="mono num">{card.number}</b>
      <Status of={card.status} />
      <span className="cut">{holder(card)}</span>
    </div>
  );
  const filtered = q !== '' || status !== undefined;

  return (
    <Page title={t('pages.people')} note={<PeopleSwitch view="cards" />} shape="fill">
      <Panel className={css.panel}>
        <div className={css.bar}>
          <SearchField
            className={css.search}
            label={t('cards.search')}
            value={typed}
            onChange={(q) => look({ q })}
          />
          <Select
            className={css.status}
            aria-label={t('cards.status')}
            value={status ?? 'all'}
            onChange={(wanted) => look({ status: wanted === 'all' ? undefined : wanted })}
            options={[
              { value: 'all', label: t('cards.all') },
              ...statuses.map((one) => ({ value: one, label: t(`card_statuses.${one}`) })),
            ]}
          />
        </div>
        {cards.isPending ? (
          <Loading />
        ) : cards.error ? (
          <Failure error={cards.error} onRetry={() => void cards.refetch()} />
        ) : cards.rows.length === 0 ? (
          <Empty title={t(filtered ? 'cards.no_match' : 'cards.none')}>
            {t(filtered ? 'cards.no_match_hint' : 'cards.none_hint')}
          </Empty>
        ) : (
          <VirtualTable
            label={t('cards.view_cards')}
            columns={columns}
            rows={cards.rows}
            keyOf={numberOf}
            phone={phone}
            selected={opened}
            onOpen={(card) => look({ card: card.number })}
            onEnd={cards.onEnd}
            footer={cards.isFetchingNextPage ? t('common.loading_more') : undefined}
          />
        )}
      </Panel>
      <Drawer
        open={opened !== null}
        onClose={() => look({ card: null })}
        width={460}
        title={<span className="mono">{opened}</span>}
        destroyOnHidden
      >
        {opened !== null && <Details number={opened} />}
      </Drawer>
    </Page>
  );
}

export function Status({ of }: { of: CardStatus }) {
  const { t } = useTranslation();
  return <StateWord look={looks[of]}>{t(`card_statuses.${of}`)}</StateWord>;
}

function Details({ number }: { number: string }) {
  const { t } = useTranslation();
  const card = useQuery({
    queryKey: ['cards', 'one', number],
    queryFn: () => answerOf(api.GET('/cards/{id}', { params: { path: { id: number } } })),
  });
  if (card.isPending) return <Loading rows={4} />;
  if (card.error) return <Failure error={card.error} onRetry={() => void card.refetch()} />;
  const { status, type, person, history } = card.data;
  return (
    <div className={css.form}>
      <Facts
        items={[
          [t('cards.status'), <Status key="status" of={status} />],
          [t('people.card_type'), t(`card_types.${type}`)],
          [
            t('cards.holder'),
            person ? <Link to={`/people/${person.id}`}>{person.name}</Link> : t('cards.nobody'),
          ],
        ]}
      />
      <section aria-label={t('cards.history')}>
        <h3 className={css.historyHead}>{t('cards.history')}</h3>
        <ol className={css.history}>
          {history.map((step, index) => (
            <li key={index}>
              <Status of={step.status} />
              <span className="cut">{<Holder of={step} />}</span>
              <span className="quiet">
                <Time at={step.at} />
                {step.account !== null && ` · ${step.account}`}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

function Holder({ of }: { of: CardDetail['history'][number] }) {
  const { t } = useTranslation();
  if (of.person === null) return <span className="quiet">{t('cards.outside')}</span>;
  if (of.person.user_id === null) return <span className="quiet">{t('former.erased')}</span>;
  if (of.person.id === null && of.person.name !== null) return <span>{of.person.name}</span>;
  if (of.person.name === null) return <span>{t('cards.removed', { user_id: of.person.user_id })}</span>;
  return <Link to={`/people/${of.person.id}`}>{of.person.name}</Link>;
}
