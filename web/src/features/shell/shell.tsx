import {
  DesktopOutlined,
  IdcardOutlined,
  LogoutOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  MoonOutlined,
  SearchOutlined,
  SunOutlined,
  TranslationOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Alert, App, Dropdown } from 'antd';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Navigate, NavLink, Route, Routes, useLocation, useNavigate } from 'react-router-dom';

import type { Language, Me } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { endSession, queryClient, useSettings } from '../../api/queries';
import { speak } from '../../ui/i18n';
import { Logo } from '../../ui/logo';
import { Empty, Loading, Page } from '../../ui/page';
import { usePhone } from '../../ui/phone';
import { ZoneProvider } from '../../ui/site';
import { useTheme } from '../../ui/theme';
import { AddingProvider } from '../devices/adding_context';
import { Questions } from '../verification/questions';
import { Boundary } from './boundary';
import { LiveProvider, useConnection } from './live_context';
import { MeContext, useAccount } from './me_context';
import { mayOpen, pages } from './pages';
import { Palette } from './palette';
import css from './shell.module.css';

const Live = lazy(() => import('../live/live_page'));
const FloorMap = lazy(() => import('../map/map_page'));
const Events = lazy(() => import('../events/events_page'));
const People = lazy(() => import('../people/people_page'));
const Cards = lazy(() => import('../people/cards_page'));
const FormerPeople = lazy(() => import('../people/former_page'));
const PrivacyNotice = lazy(() => import('../people/notice_page'));
const PeopleImport = lazy(() => import('../people/import/import_page'));
const PeopleBatch = lazy(() => import('../people/import/batch_page'));
const Person = lazy(() => import('../people/person_page'));
const Permissions = lazy(() => import('../permissions/permissions_page'));
const Rules = lazy(() => import('../rules/rules_page'));
const Devices = lazy(() => import('../devices/devices_page'));
const DeviceImport = lazy(() => import('../devices/import_page'));
const Accounts = lazy(() => import('../accounts/accounts_page'));
const MyPassword = lazy(() => import('../accounts/my_password'));
const Audit = lazy(() => import('../audit/audit_page'));
const Integration = lazy(() => import('../integration/integration_page'));
const Services = lazy(() => import('../services/services_page'));
const Settings = lazy(() => import('../settings/settings_page'));

const folded_as = 'sallyport.folded';

export default function Shell({ me }: { me: Me }) {
  const settings = useSettings();
  return (
    <MeContext.Provider value={me}>
      <ZoneProvider zone={settings.data?.time_zone}>
        <BrowserRouter future={{ v7_startTransition: true, v7_relativeSplatPath: true }}>
          <LiveProvider>
            <App style={{ height: '100%' }} notification={{ placement: 'bottomRight' }}>
              <AddingProvider>
                <Frame />
              </AddingProvider>
            </App>
          </LiveProvider>
        </BrowserRouter>
      </ZoneProvider>
    </MeContext.Provider>
  );
}

function Frame() {
  const { t } = useTranslation();
  const phone = usePhone();
  const { pathname } = useLocation();
  const { rights } = useAccount();
  const first = pages.find((page) => mayOpen(rights, page));
  const [finding, setFinding] = useState(false);
  const [folded, setFolded] = useState(() => localStorage.getItem(folded_as) === 'yes');

  // A new page begins at its top.
  useEffect(() => {
    const page = document.getElementById('page');
    if (page) page.scrollTop = 0;
  }, [pathname]);
  useEffect(() => {
    const onKey = (press: KeyboardEvent) => {
      if ((press.ctrlKey || press.metaKey) && press.key.toLowerCase() === 'k') {
        press.preventDefault();
        setFinding((open) => !open);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const fold = () => {
    localStorage.setItem(folded_as, folded ? 'no' : 'yes');
    setFolded(!folded);
  };

  return (
    <div className={`${css.frame} ${folded ? css.folded : ''}`}>
      <a href="#page" className={css.skip}>
        {t('shell.skip')}
      </a>
      <aside className={css.side}>
        <div className={css.brand}>
          <Logo />
          <span className={css.name}>Sallyport</span>
          <ConnectionDot />
        </div>
        {!phone && <FindButton onClick={() => setFinding(true)} />}
        <Navigation />
        <div className={css.foot}>
          <AccountMenu />
          <button
            type="button"
            className={css.fold}
            onClick={fold}
            title={t(folded ? 'shell.unfold' : 'shell.fold')}
            aria-label={t(folded ? 'shell.unfold' : 'shell.fold')}
          >
            {folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          </button>
        </div>
      </aside>
      {phone && (
        <header className={css.top}>
          <Logo />
          <span className={css.name}>Sallyport</span>
          <ConnectionDot />
          <button
            type="button"
            className={css.icon}
            onClick={() => setFinding(true)}
            aria-label={t('shell.find')}
          >
            <SearchOutlined />
          </button>
          <AccountMenu />
        </header>
      )}
      <div className={css.content} id="page" tabIndex={0}>
        <PasswordReminder />
        <Boundary place={pathname}>
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path="/" element={<Navigate to={first?.path ?? '/password'} replace />} />
              <Route path="/password" element={<MyPassword />} />
              <Route path="/live" element={<Live />} />
              <Route path="/map" element={<FloorMap />} />
              <Route path="/events" element={<Events />} />
              <Route path="/people" element={<People />} />
              <Route path="/people/cards" element={<Cards />} />
              <Route path="/people/former" element={<FormerPeople />} />
              <Route path="/people/notice" element={<PrivacyNotice />} />
              <Route path="/people/import" element={<PeopleImport />} />
              <Route path="/people/batch" element={<PeopleBatch />} />
              <Route path="/people/:id" element={<Person />} />
              <Route path="/permissions/*" element={<Permissions />} />
              <Route path="/rules/*" element={<Rules />} />
              <Route path="/devices" element={<Devices />} />
              <Route path="/devices/import" element={<DeviceImport />} />
              <Route path="/accounts/*" element={<Accounts />} />
              <Route path="/audit" element={<Audit />} />
              <Route path="/integration/*" element={<Integration />} />
              <Route path="/services" element={<Services />} />
              <Route path="/settings" element={<Settings />} />
              <Route path="*" element={<Nowhere />} />
            </Routes>
          </Suspense>
        </Boundary>
      </div>
      <Questions />
      <Palette open={finding} onClose={() => setFinding(false)} />
    </div>
  );
}

/** Once a session: nobody is locked out for an old password. */
function PasswordReminder() {
  const { t } = useTranslation();
  const { password_change } = useAccount();
  const { pathname } = useLocation();
  const [closed, setClosed] = useState(false);
  if (password_change !== 'due' || closed || pathname === '/password') return null;
  return (
    <Alert
      banner
      type="info"
      closable
      onClose={() => setClosed(true)}
      message={
        <>
          {t('account.due')} <NavLink to="/password">{t('account.change')}</NavLink>
        </>
      }
    />
  );
}

function FindButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={css.find} onClick={onClick} title={t('shell.find')}>
      <SearchOutlined aria-hidden />
      <span className={css.label}>{t('shell.find')}</span>
      <kbd>Ctrl K</kbd>
    </button>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const { rights } = useAccount();
  const phone = usePhone();
  const shown = pages.filter((page) => mayOpen(rights, page) && !(phone && page.part === 'system'));
  const { pathname } = useLocation();
  const bar = useRef<HTMLElement>(null);
  // A narrow phone shows a part of the bar only: the page that is open belongs to it.
  useEffect(() => {
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname, phone]);
  return (
    <nav ref={bar} className={css.nav} aria-label={t('shell.navigation')}>
      {shown.map((page, index) => {
        const Icon = page.icon;
        const starts = index > 0 && shown[index - 1]!.part !== page.part;
        return (
          <NavLink
            key={page.name}
            to={page.path}
            className={({ isActive }) =>
              `${css.link} ${isActive ? css.active : ''} ${starts ? css.starts : ''}`
            }
            title={t(`pages.${page.name}`)}
          >
            <Icon aria-hidden />
            <span className={css.label}>{t(`pages.${page.name}`)}</span>
          </NavLink>
        );
      })}
    </nav>
  );
}

function AccountMenu() {
  const { t, i18n } = useTranslation();
  const me = useAccount();
  const { choice, choose } = useTheme();
  const phone = usePhone();
  const navigate = useNavigate();
  const elsewhere = pages.filter((page) => phone && page.part === 'system' && mayOpen(me.rights, page));
  const change = (language: Language) => {
    void speak(language, 'remember');
    void answerOf(api.PATCH('/me', { body: { language } })).then((changed) =>
      queryClient.setQueryData(['me'], changed),
    );
  };
  const signOut = async () => {
    await answerOf(api.DELETE('/sessions/current')).catch(() => undefined);
    endSession();
  };
  return (
    <Dropdown
      trigger={['click']}
      placement="topLeft"
      menu={{
        selectable: true,
        multiple: true,
        selectedKeys: [choice, i18n.language],
        items: [
          ...elsewhere.map(({ name, path, icon: Icon }) => ({
            key: name,
            icon: <Icon aria-hidden />,
            label: t(`pages.${name}`),
            onClick: () => navigate(path),
          })),
          ...(elsewhere.length > 0 ? [{ type: 'divider' as const }] : []),
          {
            key: 'system',
            icon: <DesktopOutlined aria-hidden />,
            label: t('theme.system'),
            onClick: () => choose('system'),
          },
          {
            key: 'light',
            icon: <SunOutlined aria-hidden />,
            label: t('theme.light'),
            onClick: () => choose('light'),
          },
          {
            key: 'dark',
            icon: <MoonOutlined aria-hidden />,
            label: t('theme.dark'),
            onClick: () => choose('dark'),
          },
          { type: 'divider' },
          {
            key: 'en',
            icon: <TranslationOutlined aria-hidden />,
            label: 'English',
            onClick: () => change('en'),
          },
          {
            key: 'zh',
            icon: <TranslationOutlined aria-hidden />,
            label: '中文',
            onClick: () => change('zh'),
          },
          { type: 'divider' },
          {
            key: 'password',
            icon: <IdcardOutlined aria-hidden />,
            label: t('account.title'),
            onClick: () => navigate('/password'),
          },
          {
            key: 'out',
            icon: <LogoutOutlined aria-hidden />,
            label: t('shell.sign_out'),
            onClick: () => void signOut(),
          },
        ],
      }}
    >
      <button
        type="button"
        className={css.account}
        aria-label={t('shell.account_menu', { account: me.account })}
      >
        <UserOutlined aria-hidden />
        <span className={css.label}>{me.account}</span>
      </button>
    </Dropdown>
  );
}

function ConnectionDot() {
  const { t } = useTranslation();
  const connection = useConnection();
  const text = t(`shell.connection_${connection}`);
  return (
    <span className={`${css.dot} ${css[connection]}`} role="status" title={text}>
      {connection === 'down' && <span className={css.dotText}>{t('shell.offline')}</span>}
      <span className="hidden-text">{text}</span>
    </span>
  );
}

function Nowhere() {
  const { t } = useTranslation();
  return (
    <Page title={t('shell.nowhere')}>
      <Empty title={t('shell.nowhere')} action={<NavLink to="/live">{t('shell.to_live')}</NavLink>}>
        {t('shell.nowhere_hint')}
      </Empty>
    </Page>
  );
}
