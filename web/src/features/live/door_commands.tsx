// Requests to doors. A request is never shown as a state: a tile says "sent" until the door's own word comes.
import { App } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Door, DoorCommandWord } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useProblemText } from '../../ui/problem_text';
import { useTwoSteps } from '../../ui/two_steps';
import css from './live.module.css';

export type Request = 'sending' | 'sent';

/** Commands that go on until they are taken back are confirmed first. */
const lasting = ['always_open', 'always_closed', 'lockdown'] as const;
type Lasting = (typeof lasting)[number];
const isLasting = (command: DoorCommandWord): command is Lasting => lasting.includes(command as Lasting);

/** At a door that asks for it, these are confirmed as well. */
const releases = ['open', 'always_open', 'normal'] as const;
const isRelease = (command: DoorCommandWord): command is (typeof releases)[number] =>
  releases.includes(command as (typeof releases)[number]);

const answer_expected_ms = 10_000;
const at_once = 8;

interface Sent {
  request: Request;
  since: string; // the door's state.since when it was asked
}

export function useDoorCommands() {
  const { t } = useTranslation();
  const { modal, message, notification } = App.useApp();
  const twoSteps = useTwoSteps();
  const textOf = useProblemText();
  const [sent, setSent] = useState<ReadonlyMap<string, Sent>>(new Map());
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const running = timers.current;
    return () => running.forEach(clearTimeout);
  }, []);

  const note = useCallback((door: Door, request: Request | null) => {
    setSent((before) => {
      const after = new Map(before);
      if (request === null) after.delete(door.id);
      else after.set(door.id, { request, since: door.state.since });
      return after;
    });
  }, []);

  const sendOne = useCallback(
    async (door: Door, command: DoorCommandWord): Promise<unknown> => {
      note(door, 'sending');
      try {
        await answerOf(
          api.POST('/doors/{id}/commands', {
            params: { path: { id: door.id } },
            body: { command, confirmed: door.confirm },
          }),
        );
        note(door, 'sent');
        timers.current.add(setTimeout(() => note(door, null), answer_expected_ms));
        return null;
      } catch (error) {
        note(door, null);
        return error;
      }
    },
    [note],
  );

  const send = useCallback(
    async (targets: readonly Door[], command: DoorCommandWord) => {
      const failed: { door: Door; error: unknown }[] = [];
      for (let start = 0; start < targets.length; start += at_once) {
        const batch = targets.slice(start, start + at_once);
        const errors = await Promise.all(batch.map((door) => sendOne(door, command)));
        errors.forEach((error, index) => error !== null && failed.push({ door: batch[index]!, error }));
      }
      const name = t(`commands.${command}`);
      if (failed.length === 1 && targets.length === 1) {
        notification.error({
          message: `${name}: ${targets[0]!.name}`,
          description: textOf(failed[0]!.error),
        });
      } else if (failed.length > 0) {
        const names = failed.map((item) => item.door.name).join(', ');
        const taken = targets.length - failed.length;
        const text = t('commands.done_some', { command: name, taken, count: targets.length, doors: names });
        notification.error({ message: text, description: textOf(failed[0]!.error) });
      } else if (targets.length > 1) {
        void message.success(t('commands.done_all', { command: name, count: targets.length }));
      }
    },
    [message, notification, sendOne, t, textOf],
  );

  const ask = useCallback(
    (targets: readonly Door[], command: DoorCommandWord) => {
      const guarded = isRelease(command) ? targets.filter((door) => door.confirm) : [];
      // One click too low in the tree opens a whole area.
      const many = command === 'open' && targets.length > 1;
      if (!isLasting(command) && guarded.length === 0 && !many) {
        void send(targets, command);
        return;
      }
      const name = t(`commands.${command}`);
      if (command === 'lockdown' && targets.length > 1) {
        twoSteps({
          title: t('commands.confirm_title', { command: name, count: targets.length, door: '' }),
          content: t('commands.confirm_lockdown'),
          tick: t('commands.lockdown_tick', { count: targets.length }),
          ok: name,
          onOk: () => send(targets, command),
        });
        return;
      }
      modal.confirm({
        title: t('commands.confirm_title', {
          command: name,
          count: targets.length,
          door: targets[0]?.name ?? '',
        }),
        content: (
          <>
            {(isLasting(command) || isRelease(command)) && <p>{t(`commands.confirm_${command}`)}</p>}
            {guarded.length > 0 && (
              <p className={css.guarded}>
                {t('commands.confirm_needed', { doors: guarded.map((door) => door.name).join(', ') })}
              </p>
            )}
          </>
        ),
        okText: name,
        okButtonProps: { danger: command === 'lockdown' },
        cancelText: t('common.cancel'),
        autoFocusButton: 'cancel',
        onOk: () => void send(targets, command),
      });
    },
    [modal, send, t, twoSteps],
  );

  /** What a tile says besides the state: a request that the door has not answered by a change yet. */
  const requestOf = useCallback(
    (door: Door): Request | null => {
      const request = sent.get(door.id);
      return request && request.since === door.state.since ? request.request : null;
    },
    [sent],
  );
  return { ask, requestOf };
}
