import { PlusOutlined } from '@ant-design/icons';
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router-dom';

import type { Account, Role } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useAccounts, useRoles } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Opened } from '../../ui/opened';
import { Empty, Failure, Loading, Page, Panel } from '../../ui/page';
import { Time } from '../../ui/site';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { useTree } from '../organisation/trees';
import { useMay, useWholeSite } from '../shell/me_context';
import { AccountDrawer } from './account_drawer';
import css from './accounts.module.css';
import { RoleDrawer } from './role_drawer';
import { roleName } from './role_words';
import { SignedIn } from './signed_in';

type View = 'accounts' | 'roles' | 'sessions';
const places: Record<View, string> = {
  accounts: '/accounts',
  roles: '/accounts/roles',
  sessions: '/accounts/sessions',
};
const idOf = (one: { id: string }) => one.id;

export default function AccountsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const whole = useWholeSite();
  const view = (Object.keys(places) as View[]).find((name) => places[name] === pathname) ?? 'accounts';
  const switcher = (
    <Segmented<View>
      aria-label={t('pages.accounts')}
      value={view}
      onChange={(next) => navigate(places[next])}
      options={(Object.keys(places) as View[]).map((name) => ({
        value: name,
        label: t(`accounts.view_${name}`),
      }))}
    />
  );
  if (!whole) {
    return (
      <Page title={t('pages.accounts')}>
        <Empty title={t('accounts.part')}>{t('accounts.part_hint')}</Empty>
      </Page>
    );
  }
  if (view === 'sessions') {
    return (
      <Page title={t('pages.accounts')} note={switcher}>
        <SignedIn />
      </Page>
    );
  }
  return view === 'accounts' ? <AccountList note={switcher} /> : <RoleList note={switcher} />;
}

/** Which one is open: the address says so. */
function useOpen<One extends { id: string }>(kind: 'account' | 'role', all: One[] | undefined) {
  const [search, setSearch] = useSearchParams();
  const id = search.get(kind);
  const open = id === 'new' ? 'new' : (all?.find((one) => one.id === id) ?? null);
  const setOpen = (one: { id: string } | 'new' | null) =>
    setSearch(one === null ? {} : { [kind]: one === 'new' ? one : one.id }, { replace: true });
  return [open, setOpen] as const;
}

function AccountList({ note }: { note: React.ReactNode }) {
  const { t } = useTranslation();
  const accounts = useAccounts();
  const roles = useRoles();
  const mayKeep = useMay('accounts', 'administer');
  const [open, setOpen] = useOpen('account', accounts.data);
  const areas = useTree('areas').branches;
  const departments = useTree('departments').branches;
  const roleOf = (account: Account) => roles.data?.find((role) => role.id === account.role_id);
  const named = (account: Account) => {
    const paths = (ids: string[] | null, branches: typeof areas, all: string) =>
      ids === null ? all : branches.filter(({ id }) => ids.includes(id)).map(({ path }) => path);
    const both = [
      paths(account.areas, areas, t('accounts.all_areas')),
      paths(account.departments, departments, t('accounts.all_departments')),
    ];
    return account.areas === null && account.departments === null
      ? t('accounts.whole_site')
      : both.flat().join(', ');
  };
  const role = (account: Account) => {
    const found = roleOf(account);
    return found ? roleName(found) : '';
  };
  const columns: Column<Account>[] = [
    {
      key: 'name',
      title: t('accounts.name'),
      width: 'minmax(140px, 1fr)',
      render: (one) => <b>{one.name}</b>,
    },
    { key: 'role', title: t('accounts.role'), width: 'minmax(120px, 1fr)', render: role },
    {
      key: 'part',
      title: t('accounts.sees'),
      width: 'minmax(200px, 2fr)',
      render: (one) => <span title={named(one)}>{named(one)}</span>,
    },
    {
      key: 'second_factor',
      title: t('second_factor.column'),
      width: '130px',
      render: (one) =>
        one.second_factor ? <StateWord look="good">{t('second_factor.state_on')}</StateWord> : '–',
    },
    {
      key: 'password',
      title: t('accounts.password_of'),
      width: '190px',
      render: (one) =>
        one.must_change ? (
          <StateWord look="waiting">{t('accounts.must_change')}</StateWord>
        ) : (
          <Time at={one.password_changed_at} />
        ),
    },
  ];
  const phone = (one: Account) => (
    <div>
      <b>{one.name}</b> <span className="quiet">{role(one)}</span>
      <div className="quiet cut">{named(one)}</div>
    </div>
  );
  return (
    <Page
      title={t('pages.accounts')}
      note={note}
      shape="fill"
      actions={
        mayKeep && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen('new')}>
            {t('accounts.add')}
          </Button>
        )
      }
    >
      <Listed label={t('pages.accounts')} columns={columns} list={accounts} phone={phone} onOpen={setOpen} />
      {open && (
        <Opened
          key={open === 'new' ? 'new' : open.id}
          now={open === 'new' ? null : open}
          load={() => answerOf(api.GET('/accounts/{id}', { params: { path: { id: (open as Account).id } } }))}
        >
          {(account) => (
            <AccountDrawer account={account} roles={roles.data ?? []} onClose={() => setOpen(null)} />
          )}
        </Opened>
      )}
    </Page>
  );
}

interface ListedProps<Row> {
  label: string;
  columns: Column<Row>[];
  list: UseQueryResult<Row[]>;
  phone: (row: Row) => React.ReactNode;
  onOpen: (row: Row) => void;
}

function Listed<Row extends { id: string }>({ label, columns, list, phone, onOpen }: ListedProps<Row>) {
  return (
    <Panel className={css.panel}>
      {list.isPending ? (
        <Loading />
      ) : list.error ? (
        <Failure error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <VirtualTable
          label={label}
          columns={columns}
          rows={list.data}
          keyOf={idOf}
          phone={phone}
          onOpen={onOpen}
        />
      )}
    </Panel>
  );
}

function RoleList({ note }: { note: React.ReactNode }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const mayKeep = useMay('accounts', 'administer');
  const [open, setOpen] = useOpen('role', roles.data);
  const columns: Column<Role>[] = [
    {
      key: 'name',
      title: t('accounts.role'),
      width: 'minmax(140px, 1fr)',
      render: (role) => <b>{roleName(role)}</b>,
    },
    {
      key: 'kind',
      title: t('accounts.kind'),
      width: '160px',
      render: (role) => t(role.built_in ? 'accounts.built_in' : 'accounts.own_role'),
    },
    {
      key: 'accounts',
      title: t('pages.accounts'),
      width: '120px',
      render: (role) => <span className="num">{role.accounts}</span>,
    },
    {
      key: 'for',
      title: t('accounts.for_whom'),
      width: 'minmax(200px, 2fr)',
      render: (role) => (role.built_in ? t(`role_hints.${role.built_in}`) : ''),
    },
  ];
  const phone = (role: Role) => (
    <div>
      <b>{roleName(role)}</b>
      <div className="quiet">{role.built_in ? t(`role_hints.${role.built_in}`) : t('accounts.own_role')}</div>
    </div>
  );
  return (
    <Page
      title={t('pages.accounts')}
      note={note}
      shape="fill"
      actions={
        mayKeep && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen('new')}>
            {t('accounts.add_role')}
          </Button>
        )
      }
    >
      <Listed
        label={t('accounts.view_roles')}
        columns={columns}
        list={roles}
        phone={phone}
        onOpen={setOpen}
      />
      {open && (
        <Opened
          key={open === 'new' ? 'new' : open.id}
          now={open === 'new' ? null : open}
          load={() => answerOf(api.GET('/roles/{id}', { params: { path: { id: (open as Role).id } } }))}
        >
          {(role) => <RoleDrawer role={role} onClose={() => setOpen(null)} />}
        </Opened>
      )}
    </Page>
  );
}
