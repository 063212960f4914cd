import { HddOutlined, SearchOutlined, UserOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import type { KeyboardEvent, ReactNode } from 'react';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useDevices, useDoors } from '../../api/queries';
import { lookOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { may, useAccount } from './me_context';
import { mayOpen, pages } from './pages';
import css from './palette.module.css';

interface Hit {
  key: string;
  group: 'page' | 'door' | 'person' | 'device';
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
  const doors = useDoors(may(rights, 'doors', 'view'));
  const devices = useDevices(may(rights, 'devices', 'view'));
  const people = useQuery({
    queryKey: ['people', 'find', typed],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/people', { params: { query: { q: typed, limit: most_of_a_kind } }, signal })),
    enabled: typed !== '' && may(rights, 'people', 'view'),
    placeholderData: (previous) => previous,
  });
  const wanted = typed.toLowerCase();
  const matches = (name: string) => name.toLowerCase().includes(wanted);
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
  for (const door of (doors.data ?? []).filter((item) => matches(item.name)).slice(0, most_of_a_kind)) {
    const look = lookOf(door.state);
    const icon = <DoorMark look={look} size={16} />;
    const path = `/live?door=${door.id}`;
    found.push({
      key: `d${door.id}`,
      group: 'door',
      label: door.name,
      note: t(`door_states.${look}`),
      icon,
      path,
    });
  }
  for (const person of people.data?.items ?? []) {
    const path = `/people/${person.id}`;
    found.push({
      key: `p${person.id}`,
      group: 'person',
      label: person.name,
      note: person.user_id,
      icon: <UserOutlined />,
      path,
    });
  }
  for (const device of (devices.data ?? []).filter((item) => matches(item.name)).slice(0, most_of_a_kind)) {
    const path = `/devices?device=${device.id}`;
    found.push({
      key: `c${device.id}`,
      group: 'device',
      label: device.name,
      note: device.address,
      icon: <HddOutlined />,
      path,
    });
  }
  return found;
}
