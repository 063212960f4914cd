import { Alert, Button, Checkbox, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { useProblemText } from '../../ui/problem_text';
import { following, numberOf } from './addresses';
import css from './devices.module.css';
import { several } from './several';

/** A device that is here (id), or one that was found and nobody has added. */
export interface MoveTarget {
  id?: string;
  name: string;
  address: string;
  port: number;
  fingerprint: string;
}

interface Typed {
  first: string;
  subnet_mask?: string;
  gateway?: string;
  account?: string;
  password?: string;
}

type Result = { state: 'moving' | 'moved' } | { state: 'failed'; error: unknown };
const keyOf = (target: MoveTarget) => target.id ?? `${target.address}:${target.port}`;

function moveOne(target: MoveTarget, address: string, typed: Typed) {
  const rest = {
    ...(typed.subnet_mask ? { subnet_mask: typed.subnet_mask.trim() } : {}),
    ...(typed.gateway ? { gateway: typed.gateway.trim() } : {}),
  };
  if (target.id !== undefined) {
    const params = { path: { id: target.id } };
    return answerOf(api.POST('/devices/{id}/address', { params, body: { address, ...rest } }));
  }
  const { port, fingerprint } = target;
  const login = { account: typed.account ?? 'admin', password: typed.password ?? '' };
  const body = { address: target.address, port, fingerprint, ...login, new_address: address, ...rest };
  return answerOf(api.POST('/devices/move', { body }));
}

interface Props {
  /** None: closed. */
  targets: readonly MoveTarget[];
  onClose: () => void;
}

/** Other IP addresses for one controller or many, each with what came of it. */
export function MoveDevices({ targets, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      open={targets.length > 0}
      onCancel={onClose}
      title={t('upkeep.move_title', { count: targets.length, name: targets[0]?.name ?? '' })}
      footer={null}
      destroyOnHidden
    >
      {targets.length > 0 && <Moving targets={targets} onClose={onClose} />}
    </Modal>
  );
}

/** Of the devices that are here, those that are chosen. */
export function MoveMany({ devices }: { devices: readonly Device[] }) {
  const { t } = useTranslation();
  const [targets, setTargets] = useState<readonly Device[] | null>(null); // one that moves stays in the list
  const able = devices.filter(({ state, connection }) => state === 'online' && connection === 'encrypted');
  return (
    <>
      <Button disabled={able.length === 0} onClick={() => setTargets(able)}>
        {t('add_many.move')}
      </Button>
      <Modal
        open={targets !== null}
        onCancel={() => setTargets(null)}
        title={t('add_many.move')}
        footer={null}
        maskClosable={false}
        destroyOnHidden
      >
        {targets && <Moving targets={targets} choice="some" onClose={() => setTargets(null)} />}
      </Modal>
    </>
  );
}

function Moving({ targets, choice = 'all', onClose }: Props & { choice?: 'all' | 'some' }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Typed>();
  const first = Form.useWatch('first', form) ?? '';
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [busy, setBusy] = useState(false);
  const [picked, setPicked] = useState<ReadonlySet<string>>(
    new Set(choice === 'all' ? targets.map(keyOf) : []),
  );
  const chosen = targets.filter((target) => picked.has(keyOf(target)));
  const left = chosen.filter((target) => results.get(keyOf(target))?.state !== 'moved');
  const places = following(first, chosen.length);
  const pick = (keys: readonly string[], on: boolean) =>
    setPicked((before) => new Set([...before, ...keys].filter((key) => on || !keys.includes(key))));
  const strangers = targets.some((target) => target.id === undefined);
  const note = (target: MoveTarget, result: Result) =>
    setResults((before) => new Map(before).set(keyOf(target), result));

  const move = async (typed: Typed) => {
    if (places === null) return;
    setBusy(true);
    const jobs = left.map((target) => ({ target, address: places[chosen.indexOf(target)]! }));
    await several(jobs, ({ target, address }) => {
      note(target, { state: 'moving' });
      return moveOne(target, address, typed).then(
        () => note(target, { state: 'moved' }),
        (error: unknown) => note(target, { state: 'failed', error }),
      );
    });
    setBusy(false);
    await queryClient.invalidateQueries({ queryKey: ['devices'] });
  };
  const ipv4 = (needed: boolean) => ({
    validator: async (_: unknown, value: string | undefined) => {
      if ((value ?? '') === '' ? needed : numberOf(value!) === null) throw new Error(t('upkeep.move_bad'));
    },
  });
  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={busy}
      initialValues={{ account: 'admin' }}
      onFinish={(typed) => void move(typed)}
    >
      <p className={css.moveHint}>{t('upkeep.move_hint')}</p>
      <Form.Item
        name="first"
        label={t(targets.length > 1 || choice === 'some' ? 'upkeep.move_first' : 'upkeep.move_new')}
        rules={[ipv4(true)]}
      >
        <Input autoFocus maxLength={15} spellCheck={false} placeholder="192.168.1.20" />
      </Form.Item>
      <div className={css.pairs}>
        <Form.Item name="subnet_mask" label={t('upkeep.move_mask')} rules={[ipv4(false)]}>
          <Input maxLength={15} spellCheck={false} placeholder={t('upkeep.move_stays')} />
        </Form.Item>
        <Form.Item name="gateway" label={t('upkeep.move_gateway')} rules={[ipv4(false)]}>
          <Input maxLength={15} spellCheck={false} placeholder={t('upkeep.move_stays')} />
        </Form.Item>
        {strangers && (
          <>
            <Form.Item name="account" label={t('devices.account')} rules={[{ required: true }]}>
              <Input maxLength={32} spellCheck={false} />
            </Form.Item>
            <Form.Item
              name="password"
              label={t('devices.password_of_devices')}
              rules={[{ required: true, message: t('devices.password_missing') }]}
            >
              <Input.Password maxLength={128} autoComplete="off" />
            </Form.Item>
          </>
        )}
      </div>
      {first !== '' && numberOf(first) !== null && places === null && (
        <Alert className={css.gap} type="error" showIcon message={t('upkeep.move_too_many')} />
      )}
      {choice === 'some' && (
        <Checkbox
          className={css.pickAll}
          checked={chosen.length === targets.length}
          indeterminate={chosen.length > 0 && chosen.length < targets.length}
          disabled={busy || results.size > 0}
          onChange={(change) => pick(targets.map(keyOf), change.target.checked)}
        >
          {t('add_many.select_all')}
        </Checkbox>
      )}
      <ul className={css.moves} aria-label={t('upkeep.move')}>
        {targets.map((target) => (
          <li key={keyOf(target)}>
            {choice === 'some' ? (
              <Checkbox
                checked={picked.has(keyOf(target))}
                disabled={busy || results.size > 0}
                onChange={(change) => pick([keyOf(target)], change.target.checked)}
              >
                <b>{target.name}</b>
              </Checkbox>
            ) : (
              <b className="cut">{target.name}</b>
            )}
            <span className="num">
              {target.address}
              {picked.has(keyOf(target)) && ` → ${places?.[chosen.indexOf(target)] ?? '–'}`}
            </span>
            <MoveResult result={results.get(keyOf(target))} />
          </li>
        ))}
      </ul>
      {left.length > 0 || results.size === 0 ? (
        <Button type="primary" htmlType="submit" disabled={left.length === 0} loading={busy} block>
          {t('upkeep.move_go', { count: left.length })}
        </Button>
      ) : (
        <Button disabled={false} onClick={onClose} block>
          {t('common.close')}
        </Button>
      )}
    </Form>
  );
}

function MoveResult({ result }: { result: Result | undefined }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  if (!result) return null;
  if (result.state === 'failed') {
    return (
      <p className={css.foundError} role="alert">
        {textOf(result.error)}
      </p>
    );
  }
  const moved = result.state === 'moved';
  return <StateWord look={moved ? 'good' : 'waiting'}>{t(`upkeep.move_${result.state}`)}</StateWord>;
}
