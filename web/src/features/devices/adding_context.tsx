// Adding devices goes on while other pages are looked at, and is found again on the page of devices.
import { App } from 'antd';
import type { ReactNode } from 'react';
import { createContext, startTransition, useContext, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient } from '../../api/queries';
import type { Candidate, Outcome } from './found_list';
import { several } from './several';

export interface Login {
  account: string;
  password: string;
  area_id?: string | null;
}

/** One that is to be added. */
export interface Chosen extends Candidate {
  name: string;
  /** Somebody has compared its fingerprint. */
  compared: boolean;
}

export interface Keypad {
  name: string;
  password: string;
}

interface Run {
  items: readonly Chosen[];
  outcomes: ReadonlyMap<string, Outcome>;
  /** Passwords of keypads that nobody has read yet. */
  keypads: readonly Keypad[];
  state: 'none' | 'busy' | 'over';
}

const none: Run = { items: [], outcomes: new Map(), keypads: [], state: 'none' };

const refused = (error: unknown, before: Outcome | undefined): Outcome => {
  const code = error instanceof Problem ? error.code : '';
  const turned = code === 'device_uninitialised' ? false : code === 'device_initialised' ? true : undefined;
  return { state: 'failed', error, initialised: turned ?? before?.initialised };
};

/** A few at a time; what fails keeps its reason, and those that wait can be stopped. */
function useRun() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [run, setShown] = useState(none);
  // Hundreds of steps on a slow machine: what is clicked meanwhile does not wait for their drawing.
  const setRun = (next: (before: Run) => Run) => startTransition(() => setShown(next));
  const running = useRef(false);
  const stopped = useRef(false);
  const busy = run.state === 'busy';
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );
  // To load the page anew would end it.
  useEffect(() => {
    if (!busy) return;
    const ask = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [busy]);
  const note = (key: string, next: (before: Outcome | undefined) => Outcome) =>
    setRun((before) => ({
      ...before,
      outcomes: new Map(before.outcomes).set(key, next(before.outcomes.get(key))),
    }));

  const addOne = async (item: Chosen, login: Login) => {
    const { key, name, address, port, fingerprint, compared } = item;
    const print = compared && fingerprint !== null ? { fingerprint } : {};
    const where = port === 0 ? { serial: address, ...print } : { address, port, ...print };
    const spoken = item.inClear ? { connection: 'in_clear' as const } : {};
    note(key, (before) => ({ ...before, state: 'adding' }));
    if (item.initialised === false) {
      const body = { ...where, password: login.password };
      const { keypad_password: password } = await answerOf(api.POST('/devices/initialise', { body }));
      if (password !== null)
        setRun((before) => ({ ...before, keypads: [...before.keypads, { name, password }] }));
      note(key, () => ({ state: 'adding', initialised: true }));
    }
    await answerOf(api.POST('/devices', { body: { name, ...where, ...spoken, ...login } }));
  };

  /** How many of them were added. */
  const add = async (items: readonly Chosen[], login: Login): Promise<number> => {
    if (running.current) return 0; // pressed again before it was seen to have begun
    running.current = true;
    stopped.current = false;
    setRun((before) => {
      const outcomes = new Map(before.outcomes);
      for (const { key } of items) outcomes.set(key, { ...outcomes.get(key), state: 'waiting' });
      return { ...before, items, outcomes, state: 'busy' };
    });
    let added = 0;
    const one = (item: Chosen) =>
      addOne(item, login).then(
        () => {
          added++;
          note(item.key, (before) => ({ ...before, state: 'added' }));
        },
        (error: unknown) => note(item.key, (before) => refused(error, before)),
      );
    const left = await several(items, one, () => stopped.current);
    for (const { key } of left) note(key, (before) => ({ ...before, state: 'stopped' }));
    running.current = false;
    setRun((before) => ({ ...before, state: 'over' }));
    for (const key of ['devices', 'doors', 'areas']) await queryClient.invalidateQueries({ queryKey: [key] });
    if (added > 0) void message.success(t('devices.added', { count: added }));
    return added;
  };

  const counts = { added: 0, failed: 0, stopped: 0 };
  for (const { key } of run.items) {
    const state = run.outcomes.get(key)?.state;
    if (state === 'added' || state === 'failed' || state === 'stopped') counts[state]++;
  }
  return {
    ...run,
    ...counts,
    busy,
    /** Something of it is still to be seen. */
    unread: busy || counts.failed + counts.stopped > 0 || run.keypads.length > 0,
    add,
    stop: () => {
      stopped.current = true;
    },
    /** Leaves the one that goes on as it is. */
    forget: () => setRun((before) => (before.state === 'busy' ? before : none)),
  };
}

export type AddingRun = ReturnType<typeof useRun>;

const AddingContext = createContext<AddingRun | null>(null);

export function AddingProvider({ children }: { children: ReactNode }) {
  return <AddingContext.Provider value={useRun()}>{children}</AddingContext.Provider>;
}

export function useAdding(): AddingRun {
  const run = useContext(AddingContext);
  if (!run) throw new Error('no AddingProvider above');
  return run;
}
