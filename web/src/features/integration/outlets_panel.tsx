import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { OutletState, OutletTest } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useMailServer, useMqtt, useSyslog } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Opened } from '../../ui/opened';
import { outletLooks } from '../../ui/outlet_looks';
import { outsideText } from '../../ui/outside_text';
import { Panel, Queried } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { useTimeText } from '../../ui/site';
import { useMay } from '../shell/me_context';
import css from './integration.module.css';
import { MailDrawer } from './mail_drawer';
import { MailTrial } from './mail_trial';
import { MqttDrawer } from './mqtt_drawer';
import type { OutletName } from './outlet_drawer';
import { SyslogDrawer } from './syslog_drawer';

/** The systems that are told of what happens, and whether they are reached. */
export function OutletsPanel() {
  const { t } = useTranslation();
  const mqtt = useMqtt();
  const syslog = useSyslog();
  const mail = useMailServer();
  const mayKeep = useMay('settings', 'administer');
  const [open, setOpen] = useState<OutletName | 'mail_trial' | null>(null);
  const close = () => setOpen(null);
  return (
    <Panel title={t('outlets.title')}>
      <p className={`quiet ${css.hint}`}>{t('outlets.hint')}</p>
      <ul className={css.list} aria-label={t('outlets.title')}>
        <Queried query={mqtt} rows={1}>
          {(data) => (
            <Line name="mqtt" at={data} state={data.state} onOpen={() => setOpen('mqtt')}>
              <Test
                name="mqtt"
                set={data.host !== ''}
                run={() => answerOf(api.POST('/settings/mqtt/test'))}
              />
            </Line>
          )}
        </Queried>
        <Queried query={syslog} rows={1}>
          {(data) => (
            <Line name="syslog" at={data} state={data.state} onOpen={() => setOpen('syslog')}>
              <Test
                name="syslog"
                set={data.host !== ''}
                run={() => answerOf(api.POST('/settings/syslog/test'))}
              />
            </Line>
          )}
        </Queried>
        <Queried query={mail} rows={1}>
          {(data) => (
            <Line name="mail" at={data} state={data.state} onOpen={() => setOpen('mail')}>
              {mayKeep && (
                <Button
                  size="small"
                  onClick={() => setOpen('mail_trial')}
                  disabled={data.host === '' || data.sender === ''}
                >
                  {t('outlets.test')}
                </Button>
              )}
            </Line>
          )}
        </Queried>
      </ul>
      {open === 'mail' && mail.data && (
        <Opened now={mail.data} load={() => answerOf(api.GET('/settings/mail'))}>
          {(opened) => <MailDrawer mail={opened} onClose={close} />}
        </Opened>
      )}
      {open === 'mail_trial' && mail.data && <MailTrial to={mail.data.sender} onClose={close} />}
      {open === 'syslog' && syslog.data && (
        <Opened now={syslog.data} load={() => answerOf(api.GET('/settings/syslog'))}>
          {(opened) => <SyslogDrawer syslog={opened} onClose={close} />}
        </Opened>
      )}
      {open === 'mqtt' && mqtt.data && (
        <Opened now={mqtt.data} load={() => answerOf(api.GET('/settings/mqtt'))}>
          {(opened) => <MqttDrawer mqtt={opened} onClose={close} />}
        </Opened>
      )}
    </Panel>
  );
}

interface LineProps {
  name: OutletName;
  at: { host: string; port: number };
  state: OutletState;
  onOpen: () => void;
  children: ReactNode;
}

function Line({ name, at, state, onOpen, children }: LineProps) {
  const { t } = useTranslation();
  const title = t(`outlets.${name}`);
  return (
    <li className={css.item} aria-label={title}>
      <div className={css.what}>
        <button type="button" className={css.open} onClick={onOpen}>
          {title}
        </button>
        <span className="quiet">{t(`outlets.${name}_hint`)}</span>
        {at.host && <span className="quiet cut num">{`${at.host}:${at.port}`}</span>}
      </div>
      <State of={name === 'mail' ? 'mails' : 'events'} state={state} set={at.host !== ''} />
      {children}
    </li>
  );
}

function Test({ name, set, run }: { name: OutletName; set: boolean; run: () => Promise<OutletTest> }) {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const textOf = useProblemText();
  const mayKeep = useMay('settings', 'administer');
  const trial = useMutation({
    mutationFn: run,
    onSuccess: ({ problem, took_ms }) => {
      if (problem)
        notification.error({ message: t('outlets.test_failed'), description: outsideText(problem) });
      else void message.success(t('outlets.test_worked', { took: took_ms }));
      void queryClient.invalidateQueries({ queryKey: ['settings', name] });
    },
    onError: (error) => notification.error({ message: t('common.failed'), description: textOf(error) }),
  });
  if (!mayKeep) return null;
  return (
    <Button size="small" onClick={() => trial.mutate()} loading={trial.isPending} disabled={!set}>
      {t('outlets.test')}
    </Button>
  );
}

function State({ of, state, set }: { of: 'events' | 'mails'; state: OutletState; set: boolean }) {
  const { t } = useTranslation();
  const timeText = useTimeText();
  const facts: ReactNode[] = [];
  if (state.problem) facts.push(outsideText(state.problem));
  if (state.waiting > 0) facts.push(t(`outlets.${of}_waiting`, { count: state.waiting }));
  if (state.dropped > 0) facts.push(t(`outlets.${of}_dropped`, { count: state.dropped }));
  return (
    <div className={css.state}>
      <StateWord look={outletLooks[state.word]}>
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
