import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { CertificateWord } from '../../ui/certificate_word';
import { StateWord } from '../../ui/marks';
import { outletLooks } from '../../ui/outlet_looks';
import { outsideText } from '../../ui/outside_text';
import { Facts, Page, Panel, Queried } from '../../ui/page';
import { Time } from '../../ui/site';
import css from './services.module.css';

const gigabytes = (bytes: number, language: string) =>
  (bytes / 1e9).toLocaleString(language, { maximumFractionDigits: 1 });

/** How the platform itself is: what `sallyport status` prints, and how the running program does. */
export default function ServicesPage() {
  const { t } = useTranslation();
  const status = useQuery({
    queryKey: ['system_status'],
    queryFn: read,
    refetchInterval: 5_000,
  });
  return (
    <Page title={t('pages.services')}>
      <Queried query={status} rows={8}>
        {(told) => <Told told={told} />}
      </Queried>
    </Page>
  );
}

const read = () => answerOf(api.GET('/system/status'));
type Status = Awaited<ReturnType<typeof read>>;

function Told({ told }: { told: Status }) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => <span className="num">{value.toLocaleString(i18n.language)}</span>;
  const { storage, backlog, devices, holds } = told;
  return (
    <div className={css.panels}>
      {storage.database_says !== null && (
        <Alert className={css.wide} type="error" showIcon role="alert" message={storage.database_says} />
      )}
      <Panel title={t('services.running')}>
        <Facts
          items={[
            [t('services.version'), <span className="num">{told.version}</span>],
            [
              t('devices.state'),
              <StateWord look={told.state === 'ok' ? 'good' : 'bad'}>
                {t(`services.states.${told.state}`)}
              </StateWord>,
            ],
            [t('services.started'), <Time at={told.started_at} />],
            [t('services.memory'), <span className="num">{Math.round(told.memory_bytes / 1e6)} MB</span>],
            [t('services.sessions'), number(told.sessions)],
            [t('services.live_clients'), number(told.live_clients)],
            [
              t('services.certificate'),
              <span className={css.certificate}>
                <Time at={told.certificate_until} />
                <CertificateWord until={told.certificate_until} />
              </span>,
            ],
          ]}
        />
      </Panel>
      <Panel title={t('services.listens')}>
        <Facts
          items={told.services.map(({ name, address }) => [
            t(`services.names.${name}`),
            <span className="num">{address}</span>,
          ])}
        />
      </Panel>
      <Panel title={t('services.tells')}>
        <Facts
          items={told.outlets.map(({ name, word, address, problem }) => [
            t(`services.outlets.${name}`),
            <span className={css.certificate}>
              <StateWord look={outletLooks[word]}>{t(`services.outlet_words.${word}`)}</StateWord>
              {word !== 'off' && <span className="quiet num">{address}</span>}
              {problem !== null && <span>{outsideText(problem)}</span>}
            </span>,
          ])}
        />
      </Panel>
      <Panel title={t('services.backlog')}>
        <Facts
          items={[
            [
              t('services.database'),
              <StateWord look={storage.database === 'ok' ? 'good' : 'bad'}>
                {t(`services.storage_states.${storage.database}`)}
              </StateWord>,
            ],
            [
              t('services.disk'),
              <span className={css.certificate}>
                <StateWord look={storage.disk === 'ok' ? 'good' : storage.disk === 'low' ? 'bad' : 'waiting'}>
                  {t(`services.disk_states.${storage.disk}`)}
                </StateWord>
                <span className="quiet">
                  {t('services.disk_free', {
                    free: gigabytes(storage.disk_free_bytes, i18n.language),
                    all: gigabytes(storage.disk_bytes, i18n.language),
                  })}
                </span>
              </span>,
            ],
            [t('services.backlog_storage'), number(backlog.storage)],
            [t('services.backlog_calls'), number(backlog.calls)],
            [t('services.backlog_events'), <span className="num">{backlog.events_ms} ms</span>],
            [t('services.controllers'), t('services.controllers_count', devices)],
            [t('services.missing'), number(told.missing_events)],
          ]}
        />
      </Panel>
      <Panel title={t('services.holds')}>
        <Facts
          items={(Object.keys(holds) as (keyof typeof holds)[]).map((name) => [
            t(`services.things.${name}`),
            number(holds[name]),
          ])}
        />
      </Panel>
    </div>
  );
}
