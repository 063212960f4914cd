import { Alert, Button, Checkbox, Drawer, Form, Input, Progress, Typography } from 'antd';
import { startTransition, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FoundDevice, WaitingDevice } from '../../api/client';
import { useDevices } from '../../api/queries';
import { print_form, printOf } from '../../ui/fingerprint';
import { NumberField } from '../../ui/number_field';
import { Empty } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { NewPasswordField } from '../entry/password_field';
import { BranchSelect } from '../organisation/branch_select';
import type { AddingRun, Keypad, Login } from './adding_context';
import { useAdding } from './adding_context';
import { defaultName } from './default_name';
import css from './devices.module.css';
import { useDeviceSearch, useWaitingDevices } from './device_search';
import type { Candidate } from './found_list';
import { FoundList } from './found_list';
import type { MoveTarget } from './move_devices';
import { MoveDevices } from './move_devices';

const default_port = 37_777;

const keyOf = (address: string, port: number) => `${address}:${port}`;

const candidateOf = (found: FoundDevice): Candidate => ({
  key: keyOf(found.address, found.port),
  address: found.address,
  port: found.port,
  serial: found.serial,
  model: found.model,
  initialised: found.initialised,
  fingerprint: found.fingerprint,
  here: found.device_id !== null,
});

/** Anybody can dial in under a name: each certificate is a device of its own. */
const registeredKey = (name: string, fingerprint: string) => `${keyOf(name, 0)}:${fingerprint}`;

const waitingOf = (waiting: WaitingDevice): Candidate => ({
  key: registeredKey(waiting.serial, waiting.fingerprint),
  address: waiting.serial,
  port: 0,
  serial: waiting.address,
  model: waiting.model,
  initialised: null,
  fingerprint: waiting.fingerprint,
  here: false,
  waiting: true,
});

/** It has a login, an address of its own, and somebody has seen its certificate. */
const isMovable = (item: Candidate) =>
  item.initialised === true && item.port !== 0 && item.fingerprint !== null;
const moveTargetOf = ({ address, port, fingerprint }: Candidate): MoveTarget => ({
  name: `${address}:${port}`,
  address,
  port,
  fingerprint: fingerprint!,
});

/** What was found comes first; select, name, one password for all of them, add. */
interface AddProps {
  open: boolean;
  /** The area that is looked at: where the new ones go unless another is chosen. */
  area: string | null;
  onClose: () => void;
}

export function AddDevices({ open, area, onClose }: AddProps) {
  const { t } = useTranslation();
  const { forget } = useAdding();
  const close = () => {
    forget();
    onClose();
  };
  return (
    <Drawer open={open} onClose={close} width={640} title={t('devices.add_title')} destroyOnHidden>
      <Adding area={area} onClose={close} />
    </Drawer>
  );
}

/** What the run has found out about it. */
function corrected(item: Candidate, { outcomes }: AddingRun): Candidate {
  const outcome = outcomes.get(item.key);
  if (!outcome) return item;
  const here = item.here || outcome.state === 'added';
  const initialised = outcome.initialised ?? item.initialised;
  return here === item.here && initialised === item.initialised ? item : { ...item, here, initialised };
}

/** Which are selected, under which names. `kept` stay in the list whatever is searched next. */
function useChoice(found: readonly Candidate[], adding: AddingRun) {
  const devices = useDevices();
  const [before] = useState(adding.unread ? adding.items : []);
  const [kept, setKept] = useState<readonly Candidate[]>(before);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(
    () => new Map(before.map((item) => [item.key, item.name])),
  );
  const candidates = useMemo(() => {
    const gone = kept.filter((item) => !found.some((other) => other.key === item.key));
    return [...found, ...gone].map((item) => corrected(item, adding));
  }, [found, kept, adding]);
  const latest = useRef({ candidates, devices });
  latest.current = { candidates, devices };
  const choose = useCallback((keys: readonly string[], chosen: boolean) => {
    const all = latest.current.candidates.filter((item) => keys.includes(item.key));
    if (chosen) setKept((before) => [...before.filter((item) => !keys.includes(item.key)), ...all]);
    setNames((before) => {
      const after = new Map(before);
      if (!chosen) for (const key of keys) after.delete(key);
      const taken = new Set([
        ...(latest.current.devices.data ?? []).map(({ name }) => name),
        ...after.values(),
      ]);
      for (const item of chosen ? all : []) {
        if (after.has(item.key)) continue;
        const name = defaultName(item, taken);
        taken.add(name);
        after.set(item.key, name);
      }
      return after;
    });
  }, []);
  const rename = useCallback(
    (key: string, name: string) => setNames((before) => new Map(before).set(key, name)),
    [],
  );
  /** One that nobody found. */
  const enter = (item: Candidate) => {
    setKept((before) => [...before.filter(({ key }) => key !== item.key), item]);
    rename(item.key, defaultName(item, new Set()));
  };
  return { candidates, names, choose, rename, enter };
}

function Adding({ area, onClose }: Omit<AddProps, 'open'>) {
  const { t } = useTranslation();
  const search = useDeviceSearch();
  const waiting = useWaitingDevices();
  const [asked, setAsked] = useState(false);
  const [compared, setCompared] = useState<ReadonlySet<string>>(new Set());
  const adding = useAdding();
  const [finished, setFinished] = useState(false);
  const [moving, setMoving] = useState<MoveTarget[]>([]);
  const found = useMemo(
    () => [...waiting.map(waitingOf), ...(search.search?.items ?? []).map(candidateOf)],
    [waiting, search.search],
  );
  const { candidates, names, choose, rename, enter } = useChoice(found, adding);
  const chosen = candidates.filter((item) => names.has(item.key) && !item.here);
  const anyNew = chosen.some((item) => item.initialised === false);

  // The marks of hundreds do not wait for the fields of those that are seen, nor these for the form below.
  const drawn = useDeferredValue(names);
  const [formed, setFormed] = useState(false);
  useEffect(() => startTransition(() => setFormed(drawn.size > 0)), [drawn]);

  // What an earlier run was about is seen by now; closes by itself when nothing is left to read.
  const { unread, forget } = adding;
  useEffect(() => {
    if (!unread) forget();
  }, []); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => {
    if (finished && !unread) onClose();
  }, [finished, unread, onClose]);

  const compare = useCallback(
    (key: string, same: boolean) =>
      setCompared((before) => new Set([...before, key].filter((other) => same || other !== key))),
    [],
  );
  const submit = async (login: Login, then: Then) => {
    const items = chosen.map((item) => ({
      ...item,
      name: names.get(item.key)?.trim() ?? '',
      compared: compared.has(item.key),
    }));
    const ready = items.every((item) => item.name !== '' && (item.port !== 0 || item.compared));
    if (!ready) return setAsked(true);
    const added = await adding.add(items, { ...login, account: login.account ?? 'admin' });
    setFinished(added === items.length && then === 'close');
  };
  const type = (item: Pick<Candidate, 'key' | 'address' | 'port'> & Partial<Candidate>) => {
    const blank = { serial: '', model: '', initialised: null, fingerprint: null, here: false };
    enter({ ...blank, ...item });
  };
  const typeRegistered = (name: string, fingerprint: string) => {
    const key = registeredKey(name, fingerprint);
    type({ key, address: name, port: 0, fingerprint });
    compare(key, true);
  };

  return (
    <div className={css.adding}>
      <SearchBar search={search} />
      {candidates.length === 0 && !search.running ? (
        <Empty title={t('devices.found_none')}>{t('devices.found_none_hint')}</Empty>
      ) : (
        <FoundList
          candidates={candidates}
          names={names}
          drawn={drawn}
          asked={asked}
          compared={compared}
          outcomes={adding.outcomes}
          busy={adding.busy}
          onChoose={choose}
          onName={rename}
          onCompare={compare}
        />
      )}
      <ByHand
        onEnter={(address, port, inClear) => type({ key: keyOf(address, port), address, port, inClear })}
      />
      <RegisterByHand onEnter={typeRegistered} />
      {chosen.some(isMovable) && (
        <p className={css.byHand}>
          <Button onClick={() => setMoving(chosen.filter(isMovable).map(moveTargetOf))}>
            {t('upkeep.move')}
          </Button>
          <span className="quiet">{t('upkeep.move_found_hint')}</span>
        </p>
      )}
      <MoveDevices
        targets={moving}
        onClose={() => {
          setMoving([]);
          search.again(null);
        }}
      />
      {adding.keypads.length > 0 && <Keypads keypads={adding.keypads} />}
      {((formed && chosen.length > 0) || adding.busy) && (
        <LoginForm
          count={chosen.length}
          anyNew={anyNew}
          anyUnseen={chosen.length > 1 && chosen.some(({ key }) => !compared.has(key))}
          area={area}
          onSubmit={(login, then) => void submit(login, then)}
        />
      )}
    </div>
  );
}

function SearchBar({ search }: { search: ReturnType<typeof useDeviceSearch> }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [range, setRange] = useState('');
  const { scanned = 0, total = 0 } = search.search ?? {};
  return (
    <section className={css.searchBar}>
      <div className={css.searchLine}>
        <h3>{t('devices.found')}</h3>
        {search.running && (
          <span className="quiet num" role="status">
            {t('devices.searching', { scanned, total })}
          </span>
        )}
        <Button
          size="small"
          type="text"
          onClick={() => (search.running ? search.stop() : search.again(null))}
        >
          {t(search.running ? 'devices.search_stop' : 'devices.search_again')}
        </Button>
      </div>
      <progress
        className={css.progress}
        value={total > 0 ? scanned / total : undefined}
        max={1}
        hidden={!search.running}
        aria-label={t('devices.found')}
      />
      {search.error && <Alert type="error" showIcon message={textOf(search.error)} />}
      <Input.Search
        value={range}
        onChange={(change) => setRange(change.target.value)}
        onSearch={(value) => search.again(value.trim() === '' ? null : value.trim())}
        enterButton={<Button>{t('devices.range_search')}</Button>}
        placeholder={t('devices.range_hint')}
        aria-label={t('devices.range')}
        maxLength={64}
      />
    </section>
  );
}

interface TypedAddress {
  address: string;
  port: number;
  in_clear?: boolean;
}

function ByHand({ onEnter }: { onEnter: (address: string, port: number, inClear: boolean) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<TypedAddress>();
  const inClear = Form.useWatch('in_clear', form) === true;
  if (!open) {
    return (
      <p className={css.byHand}>
        <Button onClick={() => setOpen(true)}>{t('devices.by_hand')}</Button>
        <span className="quiet">{t('devices.by_hand_hint')}</span>
      </p>
    );
  }
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className={css.byHandForm}
      initialValues={{ port: default_port }}
      onFinish={({ address, port, in_clear }) => {
        onEnter(address.trim(), port, in_clear === true);
        form.resetFields();
        setOpen(false);
      }}
    >
      <Form.Item
        name="address"
        label={t('devices.address')}
        rules={[{ required: true, whitespace: true, message: t('devices.address_missing') }]}
      >
        <Input autoFocus maxLength={253} spellCheck={false} />
      </Form.Item>
      <Form.Item
        name="port"
        label={t('devices.port')}
        rules={[{ required: true, message: t('devices.port_bad') }]}
      >
        <NumberField min={1} max={65_535} />
      </Form.Item>
      <Form.Item name="in_clear" valuePropName="checked" className={css.wide}>
        <Checkbox>{t('devices.in_clear_choose')}</Checkbox>
      </Form.Item>
      {inClear && (
        <Alert
          className={css.wide}
          type="warning"
          showIcon
          role="alert"
          message={t('devices.in_clear_warning')}
        />
      )}
      <Form.Item label=" ">
        <Button htmlType="submit">{t('common.add')}</Button>
      </Form.Item>
    </Form>
  );
}

function RegisterByHand({ onEnter }: { onEnter: (name: string, fingerprint: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ registration: string; fingerprint: string }>();
  if (!open) {
    return (
      <p className={css.byHand}>
        <Button onClick={() => setOpen(true)}>{t('devices.register_by_hand')}</Button>
        <span className="quiet">{t('devices.register_by_hand_hint')}</span>
      </p>
    );
  }
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className={css.byHandForm}
      onFinish={({ registration, fingerprint }) => {
        onEnter(registration.trim(), printOf(fingerprint));
        form.resetFields();
        setOpen(false);
      }}
    >
      <Form.Item
        name="registration"
        label={t('devices.registration')}
        rules={[
          { required: true, pattern: /^[0-9A-Za-z._-]{1,64}$/, message: t('devices.registration_bad') },
        ]}
      >
        <Input autoFocus maxLength={64} spellCheck={false} />
      </Form.Item>
      <Form.Item
        name="fingerprint"
        label={t('devices.fingerprint')}
        extra={t('devices.certificate_hint')}
        rules={[{ required: true, pattern: print_form, message: t('devices.fingerprint_bad') }]}
        className={css.wide}
      >
        <Input className="mono" spellCheck={false} />
      </Form.Item>
      <Form.Item label=" ">
        <Button htmlType="submit">{t('common.add')}</Button>
      </Form.Item>
    </Form>
  );
}

/** After adding: the next one, in the same place. */
type Then = 'close' | 'continue';

interface LoginFormProps {
  count: number;
  area: string | null;
  anyNew: boolean;
  /** One of several whose certificate nobody has compared. */
  anyUnseen: boolean;
  onSubmit: (login: Login, then: Then) => void;
}

function LoginForm({ count, area, anyNew, anyUnseen, onSubmit }: LoginFormProps) {
  const { t } = useTranslation();
  const adding = useAdding();
  const [form] = Form.useForm<Login>();
  const [then, setThen] = useState<Then>('close');
  return (
    <Form<Login>
      form={form}
      layout="vertical"
      requiredMark={false}
      className={css.login}
      disabled={adding.busy}
      initialValues={{ account: 'admin', area_id: area }}
      onFinish={(login) => onSubmit(login, then)}
    >
      {anyNew ? (
        <>
          <p className="quiet">{t('devices.initialise_note')}</p>
          <NewPasswordField name="password" label={t('devices.new_password')} account="admin" />
        </>
      ) : (
        <div className={css.loginFields}>
          <Form.Item name="account" label={t('devices.account')} rules={[{ required: true }]}>
            <Input maxLength={32} autoCapitalize="none" spellCheck={false} />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('devices.password_of_devices')}
            rules={[{ required: true, message: t('devices.password_missing') }]}
          >
            <Input.Password maxLength={128} autoComplete="off" />
          </Form.Item>
        </div>
      )}
      <Form.Item name="area_id" label={t('devices.area')}>
        <BranchSelect tree="areas" none={t('devices.area_none')} />
      </Form.Item>
      {anyUnseen && !adding.busy && <p className="quiet">{t('device_list.not_compared')}</p>}
      {adding.busy ? (
        <>
          <AddingProgress />
          <p className="quiet">{t('add_many.goes_on')}</p>
          <Button disabled={false} onClick={adding.stop} block>
            {t('update_many.stop')}
          </Button>
        </>
      ) : (
        <div className={css.addButtons}>
          <Button type="primary" htmlType="submit" onClick={() => setThen('close')}>
            {t('devices.add_selected', { count })}
          </Button>
          <Button htmlType="submit" onClick={() => setThen('continue')}>
            {t('devices.add_and_continue')}
          </Button>
        </div>
      )}
    </Form>
  );
}

/** How far it is, and what came of it. */
function AddingProgress() {
  const { t } = useTranslation();
  const { items, added, failed, stopped, busy } = useAdding();
  const done = added + failed;
  return (
    <div className={css.addingProgress} role="status">
      {busy && <Progress percent={Math.floor((100 * done) / items.length)} size="small" showInfo={false} />}
      <span className="num">
        {[
          t('add_many.progress', { added, count: items.length }),
          failed > 0 && t('add_many.failed', { count: failed }),
          stopped > 0 && t('add_many.stopped', { count: stopped }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </div>
  );
}

/** On the page, as long as something of it goes on or is to be read and the drawer is closed. */
export function AddingNote({ onShow }: { onShow: () => void }) {
  const { t } = useTranslation();
  const { unread } = useAdding();
  if (!unread) return null;
  return (
    <Alert
      banner
      type="info"
      message={<AddingProgress />}
      action={
        <Button size="small" onClick={onShow}>
          {t('add_many.show')}
        </Button>
      }
    />
  );
}

function Keypads({ keypads }: { keypads: readonly Keypad[] }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="warning"
      showIcon
      message={t('devices.initialised_title')}
      description={
        <>
          <p>{t('devices.initialised_hint')}</p>
          <ul className={css.keypads}>
            {keypads.map((item) => (
              <li key={item.name}>
                <span className="cut">{item.name}</span>
                <Typography.Text code copyable={{ tooltips: false }} className="mono num">
                  {item.password}
                </Typography.Text>
              </li>
            ))}
          </ul>
        </>
      }
    />
  );
}
