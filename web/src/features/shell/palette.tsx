import {
  ApartmentOutlined,
  HddOutlined,
  IdcardOutlined,
  KeyOutlined,
  SafetyOutlined,
  SearchOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import type { KeyboardEvent, ReactNode } from 'react';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useAccounts, useDevices, useDoors, useGroups, useRoles } from '../../api/queries';
import { lookOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { roleName } from '../accounts/role_words';
import { useTree } from '../organisation/trees';
import type { PlatformFunction } from './me_context';
import { may, useAccount, useWholeSite } from './me_context';
import { mayOpen, pages } from './pages';
import css from './palette.module.css';

interface Hit {
  key: string;
  group:
    'page' | 'door' | 'person' | 'device' | 'card' | 'group' | 'area' | 'department' | 'account' | 'role';
  label: string;
  note?: string;
  icon?: ReactNode;
  path: string;
}

const most_of_a_kind = 6;

/** Ctrl-K: opens anything by its name. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      width={560}
      style={{ top: 88 }}
      styles={{ content: { padding: 0, overflow: 'hidden' }, header: { display: 'none' } }}
      destroyOnHidden
      title={t('shell.find')}
    >
      <Finder onDone={onClose} />
    </Modal>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [cursor, setCursor] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const hits = useHits(useDeferredValue(typed.trim()));
  const at = Math.min(cursor, Math.max(0, hits.length - 1));

  useEffect(() => {
    const focus = setTimeout(() => input.current?.focus(), 30);
    return () => clearTimeout(focus);
  }, []);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView?.({ block: 'nearest' });
  }, [at]);

  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onDone();
    navigate(hit.path);
  };
  const onKey = (press: KeyboardEvent) => {
    if (press.key === 'ArrowDown') setCursor(Math.min(hits.length - 1, at + 1));
    else if (press.key === 'ArrowUp') setCursor(Math.max(0, at - 1));
    else if (press.key === 'Enter') go(hits[at]);
    else return;
    press.preventDefault();
  };

  return (
    <div onKeyDown={onKey}>
      <div className={css.field}>
        <SearchOutlined />
        <input
          ref={input}
          value={typed}
          onChange={(change) => {
            setTyped(change.target.value);
            setCursor(0);
          }}
          placeholder={t('shell.find_hint')}
          role="combobox"
          aria-expanded
          aria-controls="palette-hits"
          aria-activedescendant={hits[at] ? `hit-${hits[at].key}` : undefined}
          aria-label={t('shell.find')}
        />
        <kbd>Esc</kbd>
      </div>
      <ul className={css.hits} id="palette-hits" role="listbox" ref={list} aria-label={t('shell.find')}>
        {hits.map((hit, index) => (
          <li
            key={hit.key}
            id={`hit-${hit.key}`}
            role="option"
            aria-selected={index === at}
            className={index === at ? css.at : ''}
            onMouseMove={() => setCursor(index)}
            onClick={() => go(hit)}
          >
            <span className={css.icon}>{hit.icon}</span>
            <span className="cut">{hit.label}</span>
            {hit.note !== undefined && <span className="quiet cut">{hit.note}</span>}
            <span className={css.kind}>{t(`shell.kind_${hit.group}`)}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className={css.none}>{t('shell.find_nothing', { typed })}</p>}
    </div>
  );
}

function useHits(typed: string): Hit[] {
  const { t } = useTranslation();
  const { rights } = useAccount();
  const wanted = typed.toLowerCase();
  const matches = (name: string) => name.toLowerCase().includes(wanted);
  const known = useKnown(typed);
  const found: Hit[] = pages
    .filter((page) => mayOpen(rights, page) && matches(t(`pages.${page.name}`)))
    .map((page) => {
      const Icon = page.icon;
      return {
        key: page.name,
        group: 'page',
        label: t(`pages.${page.name}`),
        icon: <Icon />,
        path: page.path,
      };
    });
  if (wanted === '') return found;
  return [
    ...found,
    ...known.flatMap(({ group, icon, all }) =>
      all
        .filter(({ label, found_by_server }) => found_by_server || matches(label))
        .slice(0, most_of_a_kind)
        .map((one) => ({ icon, ...one, group, key: group + one.path })),
    ),
  ];
}

interface Known extends Pick<Hit, 'label' | 'note' | 'path' | 'icon'> {
  /** By something else than its name too, such as a person's card. */
  found_by_server?: boolean;
}

/** What has a name and may be seen, kind by kind. */
function useKnown(typed: string): { group: Hit['group']; icon?: ReactNode; all: Known[] }[] {
  const { t } = useTranslation();
  const { rights } = useAccount();
  const sees = (what: PlatformFunction) => may(rights, what, 'view');
  const seesAccounts = useWholeSite() && sees('accounts');
  const areas = useTree('areas').branches;
  const departments = useTree('departments').branches;
  const doors = useDoors(sees('doors')).data ?? [];
  const devices = useDevices(sees('devices')).data ?? [];
  const groups = useGroups(sees('permissions')).data ?? [];
  const accounts = useAccounts(seesAccounts).data ?? [];
  const roles = useRoles(seesAccounts).data ?? [];
  const asked = { enabled: typed !== '' && sees('people'), placeholderData: keepPreviousData };
  const params = { query: { q: typed, limit: most_of_a_kind } };
  const people = useQuery({
    queryKey: ['people', 'find', typed],
    queryFn: ({ signal }) => answerOf(api.GET('/people', { params, signal })),
    ...asked,
  });
  const cards = useQuery({
    queryKey: ['cards', 'find', typed],
    queryFn: ({ signal }) => answerOf(api.GET('/cards', { params, signal })),
    ...asked,
  });
  return [
    {
      group: 'door',
      all: doors.map(({ id, name, state }) => ({
        label: name,
        note: t(`door_states.${lookOf(state)}`),
        icon: <DoorMark look={lookOf(state)} size={16} />,
        path: `/live?door=${id}`,
      })),
    },
    {
      group: 'person',
      icon: <UserOutlined />,
      all: (people.data?.items ?? []).map(({ id, name, user_id }) => ({
        label: name,
        note: user_id,
        path: `/people/${id}`,
        found_by_server: true,
      })),
    },
    {
      group: 'device',
      icon: <HddOutlined />,
      all: devices.map(({ id, name, address }) => ({
        label: name,
        note: address,
        path: `/devices?device=${id}`,
      })),
    },
    {
      group: 'card',
      icon: <IdcardOutlined />,
      all: (cards.data?.items ?? []).map(({ number, person }) => ({
        label: number,
        note: person?.name ?? '',
        path: `/people/cards?card=${number}`,
      })),
    },
    {
      group: 'group',
      icon: <KeyOutlined />,
      all: groups.map(({ id, name }) => ({ label: name, path: `/permissions?group=${id}` })),
    },
    {
      group: 'area',
      icon: <ApartmentOutlined />,
      all: areas.map(({ id, path }) => ({ label: path, path: `/live?area=${id}` })),
    },
    {
      group: 'department',
      icon: <TeamOutlined />,
      all: departments.map(({ id, path }) => ({ label: path, path: `/people?department=${id}` })),
    },
    {
      group: 'account',
      icon: <SafetyOutlined />,
      all: accounts.map(({ id, name }) => ({ label: name, path: `/accounts?account=${id}` })),
    },
    {
      group: 'role',
      icon: <SafetyOutlined />,
      all: roles.map((role) => ({ label: roleName(role), path: `/accounts/roles?role=${role.id}` })),
    },
  ];
}
