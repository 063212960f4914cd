import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';

import type { Device, KeypadPerson, KeypadPersonDecision } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { Time } from '../../ui/site';
import { BranchSelect } from '../organisation/branch_select';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';

const settle = (device: Device, body: KeypadPersonDecision) =>
  answerOf(api.POST('/devices/{id}/keypad-people', { params: { path: { id: device.id } }, body }));

function readAgain() {
  for (const key of ['devices', 'keypad-people', 'people', 'issue-states'])
    void queryClient.invalidateQueries({ queryKey: [key] });
}

/** Who was added, changed or deleted at the keypad: left so there until each is adopted or put back. */
export function KeypadPeople({ device }: { device: Device }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const mayView = useMay('people', 'view');
  const mayEdit = useMay('people', 'edit');
  const [adopted, setAdopted] = useState<KeypadPerson | null>(null);
  const people = useQuery({
    queryKey: ['keypad-people', device.id, device.keypad_people],
    queryFn: () =>
      answerOf(
        api.GET('/devices/{id}/keypad-people', {
          params: { path: { id: device.id }, query: { limit: 100 } },
        }),
      ),
    enabled: mayView && device.keypad_people > 0,
    refetchInterval: 5_000,
  });
  const decide = useMutation({
    mutationFn: (body: KeypadPersonDecision) => settle(device, body),
    onSettled: readAgain,
  });
  if (device.keypad_people === 0 || !mayView) return null;
  const items = people.data?.items ?? [];
  return (
    <Alert
      className={css.keypad}
      type="warning"
      showIcon
      message={t('keypad_people.title', { count: device.keypad_people })}
      description={
        <>
          <ul className={css.keypadPeople} aria-label={t('keypad_people.title', { count: items.length })}>
            {items.map((one) => (
              <Row
                key={one.user_id}
                one={one}
                mayEdit={mayEdit}
                busy={decide.isPending}
                onAdopt={() => setAdopted(one)}
                onDecide={decide.mutate}
              />
            ))}
          </ul>
          <p>{t('keypad_people.hint')}</p>
          {device.state !== 'online' && <p>{t('keypad_people.offline')}</p>}
          {(decide.error ?? people.error) && <p role="alert">{textOf(decide.error ?? people.error)}</p>}
          {mayEdit && items.length > 1 && (
            <PutAllBack device={device} onGo={() => decide.mutate({ decision: 'put_back' })} />
          )}
          {adopted && <Adoption device={device} one={adopted} onClose={() => setAdopted(null)} />}
        </>
      }
    />
  );
}

interface RowProps {
  one: KeypadPerson;
  mayEdit: boolean;
  busy: boolean;
  onAdopt: () => void;
  onDecide: (body: KeypadPersonDecision) => void;
}

function Row({ one, mayEdit, busy, onAdopt, onDecide }: RowProps) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { user_id, person, change } = one;
  const name = person?.name ?? user_id;
  const removeHere = () =>
    modal.confirm({
      title: t('keypad_people.remove_here', { name }),
      content: t('keypad_people.remove_here_hint'),
      okText: t('common.delete'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () => onDecide({ decision: 'adopt', user_id }),
    });
  const isHere = change === 'added' && person !== null;
  return (
    <li>
      <div>
        {person ? (
          <Link to={`/people/${person.id}`}>
            <b>{person.name}</b>
          </Link>
        ) : (
          <b className="num">{user_id}</b>
        )}{' '}
        {t(isHere ? 'keypad_people.here_already' : `keypad_people.${change}`)}{' '}
        <span className="quiet">
          <Time at={one.since} />
        </span>
      </div>
      {one.being_removed ? (
        <span className="quiet">{t('keypad_people.being_removed')}</span>
      ) : (
        mayEdit && (
          <div className={css.keypadButtons}>
            {!isHere && (
              <Button
                size="small"
                type="primary"
                disabled={busy || (change === 'removed' && person === null)}
                onClick={change === 'removed' ? removeHere : onAdopt}
              >
                {t('keypad_people.adopt')}
              </Button>
            )}
            <Button size="small" disabled={busy} onClick={() => onDecide({ decision: 'put_back', user_id })}>
              {t(change === 'added' ? 'keypad_people.take_off' : 'keypad_people.put_back')}
            </Button>
          </div>
        )
      )}
    </li>
  );
}

function PutAllBack({ device, onGo }: { device: Device; onGo: () => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  return (
    <Button
      size="small"
      onClick={() =>
        modal.confirm({
          title: t('keypad_people.all_back', { count: device.keypad_people }),
          content: t('keypad_people.all_back_hint'),
          okText: t('keypad_people.put_back'),
          cancelText: t('common.cancel'),
          autoFocusButton: 'cancel',
          onOk: onGo,
        })
      }
    >
      {t('keypad_people.all_back', { count: device.keypad_people })}
    </Button>
  );
}

interface Typed {
  name: string;
  department_id?: string | null;
  card?: string;
  pin?: string;
}

/** What the keypad does not know of somebody, and what it does not tell. */
function Adoption({ device, one, onClose }: { device: Device; one: KeypadPerson; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const [form] = Form.useForm<Typed>();
  const { user_id, person } = one;
  const adopt = useMutation({
    mutationFn: async ({ name, department_id, card, pin }: Typed) => {
      await settle(device, {
        decision: 'adopt',
        user_id,
        ...(person ? {} : { name: name.trim(), department_id: department_id ?? null }),
        ...(card ? { cards: [{ number: card.trim(), type: 'general' as const }] } : {}),
        ...(pin ? { pin } : {}),
      });
      if (person) return person.id;
      const found = await answerOf(api.GET('/people', { params: { query: { q: user_id, limit: 1000 } } }));
      return found.items.find((other) => other.user_id === user_id)?.id;
    },
    onSuccess: (id) => {
      void message.success(t('keypad_people.adopted'));
      readAgain();
      onClose();
      if (id !== undefined && !person) navigate(`/people/${id}`);
    },
    onError: (error) => showFieldErrors(form, error, (field) => [field.startsWith('cards') ? 'card' : field]),
  });
  return (
    <Modal
      open
      title={t('keypad_people.adopt_title', { name: person?.name ?? user_id })}
      okText={t('keypad_people.adopt')}
      cancelText={t('common.cancel')}
      confirmLoading={adopt.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className={css.gap}>{t(person ? 'keypad_people.adopt_changed' : 'keypad_people.adopt_new')}</p>
      {adopt.error && <Alert className={css.gap} type="error" showIcon message={textOf(adopt.error)} />}
      <Form<Typed>
        form={form}
        name="adoption"
        layout="vertical"
        requiredMark={false}
        initialValues={{ card: one.card ?? undefined }}
        onFinish={(typed) => adopt.mutate(typed)}
      >
        {!person && (
          <>
            <Form.Item
              name="name"
              label={t('people.name')}
              rules={[{ required: true, whitespace: true, message: t('people.name_missing') }]}
            >
              <Input maxLength={64} autoFocus autoComplete="off" />
            </Form.Item>
            <Form.Item name="department_id" label={t('people.department')}>
              <BranchSelect tree="departments" none={t('people.department_none')} />
            </Form.Item>
          </>
        )}
        <Form.Item
          name="card"
          label={t('keypad_people.card')}
          extra={t(one.card === null ? 'keypad_people.card_none' : 'keypad_people.card_hint')}
          rules={[{ pattern: /^\s*[0-9A-Fa-f]{1,16}\s*$/, message: t('keypad_people.card_bad') }]}
        >
          <Input className="num" maxLength={20} spellCheck={false} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="pin"
          label={t('people.pin')}
          extra={t('keypad_people.pin_hint')}
          rules={[{ pattern: /^[0-9]{1,8}$/, message: t('people.pin_bad') }]}
        >
          <Input.Password inputMode="numeric" autoComplete="new-password" maxLength={8} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
