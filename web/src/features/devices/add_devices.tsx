import { App, Alert, Button, Checkbox, Drawer, Form, Input, InputNumber, Typography } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FoundDevice, WaitingDevice } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { Empty } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { NewPasswordField } from '../entry/password_field';
import { BranchSelect } from '../organisation/branch_select';
import css from './devices.module.css';
import { useDeviceSearch, useWaitingDevices } from './device_search';
import type { Candidate, Outcome } from './found_list';
import { FoundList, plainPrint, print_form } from './found_list';
import type { MoveTarget } from './move_devices';
import { MoveDevices } from './move_devices';

interface Login {
  account: string;
  password: string;
  area_id?: string | null;
}

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
  return (
    <Drawer open={open} onClose={onClose} width={640} title={t('devices.add_title')} destroyOnHidden>
      <Adding area={area} onClose={onClose} />
    </Drawer>
  );
}

function Adding({ area, onClose }: Omit<AddProps, 'open'>) {
  const { t } = useTranslation();
  const search = useDeviceSearch();
  const waiting = useWaitingDevices();
  const [typed, setTyped] = useState<Candidate[]>([]);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const [asked, setAsked] = useState(false);
  const [compared, setCompared] = useState<ReadonlySet<string>>(new Set());
  const adding = useAdding(onClose);
  const [moving, setMoving] = useState<MoveTarget[]>([]);
  const found = useMemo(
    () => [...waiting.map(waitingOf), ...(search.search?.items ?? []).map(candidateOf)],
    [waiting, search.search],
  );
  const candidates = useMemo(() => {
    const byHand = typed.filter((item) => !found.some((other) => other.key === item.key));
    return [...found, ...byHand].map((item) => adding.corrected(item));
  }, [found, typed, adding]);
  const chosen = candidates.filter((item) => names.has(item.key) && !item.here);
  const anyNew = chosen.some((item) => item.initialised === false);

  const choose = (key: string, name: string | null) =>
    setNames((before) => {
      const after = new Map(before);
      if (name === null) after.delete(key);
      else after.set(key, name);
      return after;
    });
  const compare = (key: string, same: boolean) =>
    setCompared((before) => new Set(same ? [...before, key] : [...before].filter((other) => other !== key)));
  const submit = (login: Login, then: Then) => {
    setAsked(true);
    const items = chosen.map((item) => ({
      ...item,
      name: names.get(item.key)?.trim() ?? '',
      fingerprint: compared.has(item.key) ? item.fingerprint : null,
    }));
    const ready = items.every((item) => item.name !== '' && (item.port !== 0 || item.fingerprint !== null));
    if (ready) void adding.add(items, login, then);
  };
  const enter = (item: Pick<Candidate, 'key' | 'address' | 'port'> & Partial<Candidate>) => {
    const blank = { serial: '', model: '', initialised: null, fingerprint: null, here: false };
    setTyped((before) => [...before.filter((other) => other.key !== item.key), { ...blank, ...item }]);
    choose(item.key, '');
  };
  const enterRegistered = (name: string, fingerprint: string) => {
    const key = registeredKey(name, fingerprint);
    enter({ key, address: name, port: 0, fingerprint });
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
          asked={asked}
          compared={compared}
          outcomes={adding.outcomes}
          onChoose={choose}
          onCompare={compare}
        />
      )}
      <ByHand
        onEnter={(address, port, inClear) => enter({ key: keyOf(address, port), address, port, inClear })}
      />
      <RegisterByHand onEnter={enterRegistered} />
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
      {chosen.length > 0 && (
        <LoginForm count={chosen.length} anyNew={anyNew} area={area} busy={adding.busy} onSubmit={submit} />
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
        <InputNumber min={1} max={65_535} controls={false} />
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
        onEnter(registration.trim(), plainPrint(fingerprint));
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
  busy: boolean;
  onSubmit: (login: Login, then: Then) => void;
}

function LoginForm({ count, area, anyNew, busy, onSubmit }: LoginFormProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Login>();
  const [then, setThen] = useState<Then>('close');
  return (
    <Form<Login>
      form={form}
      layout="vertical"
      requiredMark={false}
      className={css.login}
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
      <div className={css.addButtons}>
        <Button type="primary" htmlType="submit" loading={busy} onClick={() => setThen('close')}>
          {t('devices.add_selected', { count })}
        </Button>
        <Button htmlType="submit" disabled={busy} onClick={() => setThen('continue')}>
          {t('devices.add_and_continue')}
        </Button>
      </div>
    </Form>
  );
}

interface Keypad {
  name: string;
  password: string;
}

function Keypads({ keypads }: { keypads: Keypad[] }) {
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

/** One that is selected. */
interface Chosen extends Candidate {
  name: string;
  /** null: nobody compared it. */
  fingerprint: string | null;
}

/** Adds one after the other; what fails stays selected with its reason, and what was typed stays. */
function useAdding(onDone: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [keypads, setKeypads] = useState<Keypad[]>([]);
  const [busy, setBusy] = useState(false);
  const [finished, setFinished] = useState(false);
  const note = (key: string, outcome: Outcome) => setOutcomes((before) => new Map(before).set(key, outcome));

  const addOne = async (item: Chosen, login: Login): Promise<boolean> => {
    note(item.key, { state: 'adding' });
    const { name, address, port, fingerprint } = item;
    const print = fingerprint === null ? {} : { fingerprint };
    const where = port === 0 ? { serial: address, ...print } : { address, port, ...print };
    const spoken = item.inClear ? { connection: 'in_clear' as const } : {};
    try {
      if (item.initialised === false) {
        const made = await answerOf(
          api.POST('/devices/initialise', { body: { ...where, password: login.password } }),
        );
        if (made.keypad_password !== null) {
          setKeypads((before) => [...before, { name, password: made.keypad_password! }]);
        }
        note(item.key, { state: 'adding', initialised: true });
      }
      await answerOf(api.POST('/devices', { body: { name, ...where, ...spoken, ...login } }));
      note(item.key, { state: 'added' });
      return true;
    } catch (error) {
      const code = error instanceof Problem ? error.code : '';
      const turned =
        code === 'device_uninitialised' ? false : code === 'device_initialised' ? true : undefined;
      setOutcomes((before) => {
        const initialised = turned ?? before.get(item.key)?.initialised;
        return new Map(before).set(item.key, { state: 'failed', error, initialised });
      });
      return false;
    }
  };

  const add = async (items: Chosen[], login: Login, then: Then) => {
    setBusy(true);
    let added = 0;
    for (const item of items) {
      if (await addOne(item, { ...login, account: login.account ?? 'admin' })) added++;
    }
    setBusy(false);
    await queryClient.invalidateQueries({ queryKey: ['devices'] });
    await queryClient.invalidateQueries({ queryKey: ['doors'] });
    await queryClient.invalidateQueries({ queryKey: ['areas'] });
    if (added > 0) void message.success(t('devices.added', { count: added }));
    if (added === items.length && then === 'close') setFinished(true);
  };

  // Closes by itself when nothing is left to read.
  useEffect(() => {
    if (finished && keypads.length === 0) onDone();
  }, [finished, keypads, onDone]);

  const corrected = (item: Candidate): Candidate => {
    const outcome = outcomes.get(item.key);
    if (!outcome) return item;
    return {
      ...item,
      here: item.here || outcome.state === 'added',
      initialised: outcome.initialised ?? item.initialised,
    };
  };
  return { add, busy, outcomes, keypads, corrected };
}
