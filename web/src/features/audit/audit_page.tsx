import { Drawer, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { AuditEntry } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { agentText } from '../../ui/agent';
import { useEndless } from '../../ui/infinite';
import { wordOf } from '../../ui/i18n';
import { Empty, Facts, Failure, Loading, Page, Panel } from '../../ui/page';
import { Time, useZone } from '../../ui/site';
import { startOfDay } from '../../ui/time';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import css from './audit.module.css';
import { actions, changesOf, useValueText, wordOfAction } from './audit_words';

const days = { today: 0, '7d': -6, '30d': -29, all: null } as const;
type RangeName = keyof typeof days;

const idOf = (entry: AuditEntry) => entry.id;

export default function AuditPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const action = actions.find((name) => name === search.get('action')) ?? null;
  const range = (Object.keys(days) as RangeName[]).find((name) => name === search.get('range')) ?? '30d';
  const query = useMemo(() => {
    const back = days[range];
    return {
      ...(action === null ? {} : { action }),
      ...(back === null ? {} : { from: startOfDay(new Date(), zone, back).toISOString() }),
    };
  }, [action, range, zone]);
  const entries = useEndless<AuditEntry>(['audit', query], (cursor, signal) =>
    answerOf(api.GET('/audit', { params: { query: { ...query, limit: 200, cursor } }, signal })),
  );
  const change = (name: string, value: string | null) => {
    const next = new URLSearchParams(search);
    if (value === null) next.delete(name);
    else next.set(name, value);
    setSearch(next);
  };
  const columns = useColumns();
  const whoOf = useWho();
  const line = (entry: AuditEntry) => (
    <div className={css.line}>
      <b className="cut">{wordOfAction(entry.action)}</b>
      <Time at={entry.at} className="quiet" />
      <span className="quiet cut">{[whoOf(entry), entry.subject?.name].filter(Boolean).join(' · ')}</span>
    </div>
  );

  return (
    <Page title={t('pages.audit')} shape="fill">
      <div className={css.filters}>
        <Select<RangeName>
          className={css.filter}
          value={range}
          aria-label={t('events.range')}
          onChange={(next) => change('range', next)}
          options={[
            { value: 'today', label: t('events.range_today') },
            { value: '7d', label: t('events.range_7d') },
            { value: '30d', label: t('events.range_30d') },
            { value: 'all', label: t('audit.range_all') },
          ]}
        />
        <Select<string | null>
          className={css.filter}
          allowClear
          showSearch
          optionFilterProp="label"
          value={action}
          placeholder={t('audit.action')}
          aria-label={t('audit.action')}
          onChange={(next) => change('action', next ?? null)}
          options={actions.map((name) => ({ value: name, label: wordOfAction(name) }))}
        />
      </div>
      <Panel className={css.panel}>
        {entries.isPending ? (
          <Loading />
        ) : entries.error ? (
          <Failure error={entries.error} onRetry={() => void entries.refetch()} />
        ) : entries.rows.length === 0 ? (
          <Empty title={t('audit.empty')}>{t('audit.empty_hint')}</Empty>
        ) : (
          <VirtualTable
            label={t('pages.audit')}
            columns={columns}
            rows={entries.rows}
            keyOf={idOf}
            phone={line}
            selected={open?.id ?? null}
            onOpen={setOpen}
            onEnd={entries.onEnd}
            footer={t(entries.hasNextPage ? 'common.loading_more' : 'common.end_of_list')}
          />
        )}
      </Panel>
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        width={520}
        mask={false}
        title={t('audit.entry')}
      >
        {open && <Entry entry={open} />}
      </Drawer>
    </Page>
  );
}

/** "anna", or "token Backup of anna". */
function useWho(): (entry: AuditEntry) => string {
  const { t } = useTranslation();
  return ({ account, token }) =>
    account !== null && token !== null
      ? t('audit.token_of', { token, account })
      : (account ?? t('audit.platform'));
}

function useColumns(): Column<AuditEntry>[] {
  const { t } = useTranslation();
  const summaryOf = useSummary();
  const whoOf = useWho();
  return [
    { key: 'at', title: t('audit.at'), width: '128px', render: (entry) => <Time at={entry.at} /> },
    {
      key: 'account',
      title: t('audit.account'),
      width: '130px',
      render: (entry) => <span title={whoOf(entry)}>{whoOf(entry)}</span>,
    },
    {
      key: 'action',
      title: t('audit.action'),
      width: 'minmax(150px, 1fr)',
      render: (entry) => <b>{wordOfAction(entry.action)}</b>,
    },
    {
      key: 'subject',
      title: t('audit.subject'),
      width: 'minmax(140px, 1.2fr)',
      render: (entry) => <Subject entry={entry} />,
    },
    {
      key: 'changes',
      title: t('audit.changes'),
      width: 'minmax(160px, 1.6fr)',
      render: (entry) => <span className="quiet">{summaryOf(entry)}</span>,
    },
    {
      key: 'from',
      title: t('audit.from'),
      width: '130px',
      render: (entry) => <span className="num quiet">{entry.address ?? ''}</span>,
    },
  ];
}

/** What it was done to: its kind, and the name that it had then. */
function Subject({ entry: { subject } }: { entry: AuditEntry }) {
  if (subject === null) return null;
  return (
    <>
      <span className="quiet">{wordOf('audit_subjects', subject.kind)}</span>{' '}
      {subject.kind === 'session' ? agentText(subject.name ?? '') : subject.name}
    </>
  );
}

/** The changes in a line: "Name: Anna → Anna Klein; People: + Ben". */
function useSummary(): (entry: AuditEntry) => string {
  const valueText = useValueText();
  return (entry) =>
    changesOf(entry)
      .map(({ member, before, after }) => {
        const [was, is] = [valueText(member, before), valueText(member, after)];
        const text =
          before === undefined
            ? is
            : after === undefined
              ? was
              : isList(member, before, after)
                ? listText(was, is)
                : `${was} → ${is}`;
        return `${wordOf('audit_members', member)}: ${text}`;
      })
      .join('; ');
}

function isList(member: string, before: unknown, after: unknown): boolean {
  return member !== 'week' && Array.isArray(before) && Array.isArray(after);
}

function listText(gone: string, come: string): string {
  return [gone === '–' ? null : `− ${gone}`, come === '–' ? null : `+ ${come}`].filter(Boolean).join('  ');
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const valueText = useValueText();
  const whoOf = useWho();
  const changes = changesOf(entry);
  const was = entry.before !== null;
  const is = entry.after !== null;
  return (
    <div className={css.entry}>
      <h2>{wordOfAction(entry.action)}</h2>
      <Facts
        items={[
          [t('audit.at'), <Time at={entry.at} />],
          [t('audit.account'), whoOf(entry)],
          [t('audit.from'), <span className="num">{entry.address ?? '–'}</span>],
          [t('audit.subject'), entry.subject === null ? '–' : <Subject entry={entry} />],
        ]}
      />
      {changes.length > 0 && (
        <table className={css.changes}>
          <thead>
            <tr>
              <th scope="col">{t('audit.member')}</th>
              {was && <th scope="col">{t('audit.before')}</th>}
              {is && <th scope="col">{t('audit.after')}</th>}
            </tr>
          </thead>
          <tbody>
            {changes.map(({ member, before, after }) => (
              <tr key={member}>
                <th scope="row">{wordOf('audit_members', member)}</th>
                {was && <td>{valueText(member, before)}</td>}
                {is && <td>{valueText(member, after)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
