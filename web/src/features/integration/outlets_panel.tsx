import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { OutletState, OutletTest } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useMqtt, useSyslog } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Panel, Queried } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { useTimeText } from '../../ui/site';
import { useMay } from '../shell/me_context';
import css from './integration.module.css';
import { MqttDrawer } from './mqtt_drawer';
import { SyslogDrawer } from './syslog_drawer';

type Name = 'mqtt' | 'syslog';

/** The systems that are told of what happens, and whether they are reached. */
export function OutletsPanel() {
  const { t } = useTranslation();
  const mqtt = useMqtt();
  const syslog = useSyslog();
  const [open, setOpen] = useState<Name | null>(null);
  const close = () => setOpen(null);
  return (
    <Panel title={t('outlets.title')}>
      <p className={`quiet ${css.hint}`}>{t('outlets.hint')}</p>
      <ul className={css.list} aria-label={t('outlets.title')}>
        <Queried query={mqtt} rows={1}>
          {(data) => (
            <Line
              name="mqtt"
              at={data}
              state={data.state}
              test={() => answerOf(api.POST('/settings/mqtt/test'))}
              onOpen={() => setOpen('mqtt')}
            />
          )}
        </Queried>
        <Queried query={syslog} rows={1}>
          {(data) => (
            <Line
              name="syslog"
              at={data}
              state={data.state}
              test={() => answerOf(api.POST('/settings/syslog/test'))}
              onOpen={() => setOpen('syslog')}
            />
          )}
        </Queried>
      </ul>
      {open === 'syslog' && syslog.data && <SyslogDrawer syslog={syslog.data} onClose={close} />}
      {open === 'mqtt' && mqtt.data && <MqttDrawer mqtt={mqtt.data} onClose={close} />}
    </Panel>
  );
}

interface LineProps {
  name: Name;
  at: { host: string; port: number };
  state: OutletState;
  test: () => Promise<OutletTest>;
  onOpen: () => void;
}

function Line({ name, at, state, test, onOpen }: LineProps) {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const textOf = useProblemText();
  const mayKeep = useMay('settings', 'administer');
  const title = t(`outlets.${name}`);
  const trial = useMutation({
    mutationFn: test,
    onSuccess: ({ problem, took_ms }) => {
      if (problem) notification.error({ message: t('outlets.test_failed'), description: problem });
      else void message.success(t('outlets.test_worked', { took: took_ms }));
      void queryClient.invalidateQueries({ queryKey: ['settings', name] });
    },
    onError: (error) => notification.error({ message: t('common.failed'), description: textOf(error) }),
  });
  return (
    <li className={css.item} aria-label={title}>
      <div className={css.what}>
        <button type="button" className={css.open} onClick={onOpen}>
          {title}
        </button>
        <span className="quiet">{t(`outlets.${name}_hint`)}</span>
        {at.host && <span className="quiet cut num">{`${at.host}:${at.port}`}</span>}
      </div>
      <State state={state} set={at.host !== ''} />
      {mayKeep && (
        <Button size="small" onClick={() => trial.mutate()} loading={trial.isPending} disabled={!at.host}>
          {t('outlets.test')}
        </Button>
      )}
    </li>
  );
}

const looks = { off: 'off', connecting: 'waiting', connected: 'good', failing: 'bad' } as const;

function State({ state, set }: { state: OutletState; set: boolean }) {
  const { t } = useTranslation();
  const timeText = useTimeText();
  const facts: ReactNode[] = [];
  if (state.problem) facts.push(state.problem);
  if (state.waiting > 0) facts.push(t('outlets.waiting', { count: state.waiting }));
  if (state.dropped > 0) facts.push(t('outlets.dropped', { count: state.dropped }));
  return (
    <div className={css.state}>
      <StateWord look={looks[state.word]}>
        {state.word === 'off'
          ? t(set ? 'outlets.off' : 'outlets.not_set_up')
          : t(`outlets.${state.word}`, { time: timeText(state.since) })}
      </StateWord>
      {facts.map((fact, place) => (
        <span key={place} className="quiet">
          {fact}
        </span>
      ))}
    </div>
  );
}
