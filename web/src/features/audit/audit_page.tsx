import { Drawer, Select } from 'antd';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { AuditEntry } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { agentText } from '../../ui/agent';
import { useEndless } from '../../ui/infinite';
import { wordOf } from '../../ui/i18n';
import { Empty, Facts, Failure, Loading, Page, Panel } from '../../ui/page';
import { SaveAllButton } from '../../ui/save_all_button';
import { SearchField } from '../../ui/search_field';
import { Time, useZone } from '../../ui/site';
import { SpanPicker } from '../../ui/span_picker';
import { startOfDay } from '../../ui/time';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { csvOf } from '../people/import/csv';
import { download } from '../people/import/download';
import css from './audit.module.css';
import { actions, changesOf, useValueText, wordOfAction } from './audit_words';

const days = { today: 0, '7d': -6, '30d': -29, all: null } as const;
type RangeName = keyof typeof days;

const rows_in_a_file = 100_000;

const idOf = (entry: AuditEntry) => entry.id;

export default function AuditPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const action = actions.find((name) => name === search.get('action')) ?? null;
  const range = (Object.keys(days) as RangeName[]).find((name) => name === search.get('range')) ?? '30d';
  const span = spanOf(search);
  const typed = search.get('q') ?? '';
  const q = useDeferredValue(typed.trim().slice(0, 64));
  const [from, to] = [span?.from, span?.to];
  const query = useMemo(() => {
    const back = days[range];
    const since = from ?? (back === null ? null : startOfDay(new Date(), zone, back).toISOString());
    return {
      ...(action === null ? {} : { action }),
      ...(q === '' ? {} : { q }),
      ...(since === null ? {} : { from: since }),
      ...(to === undefined ? {} : { to }),
    };
  }, [action, q, range, from, to, zone]);
  const read = (limit: number) => (cursor: string | undefined, signal: AbortSignal) =>
    answerOf(api.GET('/audit', { params: { query: { ...query, limit, cursor } }, signal }));
  const entries = useEndless<AuditEntry>(['audit', query], read(200));
  const change = (changed: Record<string, string | null>) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changed)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    setSearch(next, { replace: 'q' in changed });
  };
  const chooseRange = (next: RangeName | 'custom') => {
    const now = new Date();
    const custom = next === 'custom';
    const begin = new Date(now.getTime() - 86_400_000).toISOString();
    change({
      range: custom ? null : next,
      from: custom ? begin : null,
      to: custom ? now.toISOString() : null,
    });
  };
  const columns = useColumns();
  const whoOf = useWho();
  const rowOf = useRow();
  const save = (found: AuditEntry[]) => {
    const head = (['at', 'account', 'from', 'action', 'kind', 'subject', 'changes'] as const).map((name) =>
      t(`audit.${name}`),
    );
    download('audit.csv', csvOf([head, ...found.map(rowOf)]));
  };
  const line = (entry: AuditEntry) => (
    <div className={css.line}>
      <b className="cut">{wordOfAction(entry.action)}</b>
      <Time at={entry.at} className="quiet" />
      <span className="quiet cut">{[whoOf(entry), subjectOf(entry)].filter(Boolean).join(' · ')}</span>
    </div>
  );

  return (
    <Page
      title={t('pages.audit')}
      shape="fill"
      actions={<SaveAllButton<AuditEntry> read={read(1000)} save={save} most={rows_in_a_file} />}
    >
      <div className={css.filters} role="search" aria-label={t('common.search')}>
        <SearchField
          className={css.filter}
          label={t('audit.search')}
          value={typed}
          onChange={(q) => change({ q: q === '' ? null : q })}
        />
        <Select<RangeName | 'custom'>
          className={css.filter}
          value={span ? 'custom' : range}
          aria-label={t('events.range')}
          onChange={chooseRange}
          options={[
            { value: 'today', label: t('events.range_today') },
            { value: '7d', label: t('events.range_7d') },
            { value: '30d', label: t('events.range_30d') },
            { value: 'all', label: t('audit.range_all') },
            { value: 'custom', label: t('events.range_custom') },
          ]}
        />
        {span && <SpanPicker from={span.from} to={span.to} onChange={change} />}
        <Select<string | null>
          className={css.filter}
          allowClear
          showSearch
          optionFilterProp="label"
          value={action}
          placeholder={t('audit.action')}
          aria-label={t('audit.action')}
          onChange={(next) => change({ action: next ?? null })}
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

/** What the address says of a time from and to; null for none. */
function spanOf(search: URLSearchParams): { from: string; to: string } | null {
  const instant = (name: string) => {
    const at = Date.parse(search.get(name) ?? '');
    return Number.isNaN(at) ? null : new Date(at).toISOString();
  };
  const [from, to] = [instant('from'), instant('to')];
  return from !== null && to !== null && from < to ? { from, to } : null;
}

/** An entry as a row of a file: times are UTC, so that files of several sites can be put together. */
function useRow(): (entry: AuditEntry) => string[] {
  const whoOf = useWho();
  const summaryOf = useSummary();
  return (entry) => [
    entry.at,
    whoOf(entry),
    entry.address ?? '',
    wordOfAction(entry.action),
    entry.subject === null ? '' : wordOf('audit_subjects', entry.subject.kind),
    entry.subject?.name ?? '',
    summaryOf(entry),
  ];
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

/** The name that it had then. */
const subjectOf = ({ subject }: AuditEntry) =>
  subject?.kind === 'session' ? agentText(subject.name ?? '') : subject?.name;

/** What it was done to: its kind and name. */
function Subject({ entry }: { entry: AuditEntry }) {
  const { subject } = entry;
  if (subject === null) return null;
  return (
    <>
      <span className="quiet">{wordOf('audit_subjects', subject.kind)}</span> {subjectOf(entry)}
    </>
  );
}

/** The changes in a line: "Name: Anna → Anna Klein; People: + Ben". */
function useSummary(): (entry: AuditEntry) => string {
  const { t } = useTranslation();
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
        return t('common.named', { name: wordOf('audit_members', member), value: text });
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
