import { PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Language, PrivacyNotice } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { loadWords } from '../../ui/i18n';
import { LinkButton } from '../../ui/link_button';
import { Empty, Page, Panel, Queried } from '../../ui/page';
import { useMay } from '../shell/me_context';
import css from './people.module.css';

/** What people are told about their data, to show and to print, in the language of who reads it. */
export default function NoticePage() {
  const { t, i18n } = useTranslation();
  const [language, setLanguage] = useState(i18n.language as Language);
  const notice = useQuery({
    queryKey: ['privacy-notice'],
    queryFn: () => answerOf(api.GET('/privacy-notice')),
  });
  return (
    <Page
      title={t('notice.title')}
      actions={
        <span className={`no-print ${css.noticeActions}`}>
          <Segmented<Language>
            aria-label={t('notice.language')}
            value={language}
            onChange={(next) => void loadWords(next).then(() => setLanguage(next))}
            options={[
              { value: 'en', label: 'English' },
              { value: 'zh', label: '中文' },
            ]}
          />
          <Button
            icon={<PrinterOutlined />}
            disabled={!notice.data?.[language].trim()}
            onClick={() => window.print()}
          >
            {t('notice.print')}
          </Button>
        </span>
      }
    >
      <Panel className={css.noticePanel}>
        <Queried query={notice} rows={6}>
          {(data) => <Notice notice={data} language={language} />}
        </Queried>
      </Panel>
    </Page>
  );
}

function Notice({ notice, language }: { notice: PrivacyNotice; language: Language }) {
  const { t, i18n } = useTranslation();
  const mayWrite = useMay('settings', 'administer');
  const say = i18n.getFixedT(language);
  const text = notice[language].trim();
  if (text === '')
    return (
      <Empty
        title={t('notice.none')}
        action={
          mayWrite && (
            <LinkButton to="/settings" type="primary">
              {t('notice.write')}
            </LinkButton>
          )
        }
      >
        {t('notice.none_hint')}
      </Empty>
    );
  const kept = [
    ['events', notice.kept.events_days],
    ['photos', notice.kept.photos_days],
    ['people', notice.kept.people_days],
    ['audit', notice.kept.audit_days],
  ] as const;
  return (
    <article className={css.notice} lang={language}>
      {text.split(/\n\s*\n/).map((paragraph, index) => (
        <p key={index}>{paragraph}</p>
      ))}
      <h2>{say('notice.kept')}</h2>
      <ul>
        {kept.map(([kind, days]) => (
          <li key={kind}>
            {say('common.named', {
              name: say(`notice.kept_${kind}`),
              value: days === null ? say('notice.for_good') : say('notice.days', { days }),
            })}
          </li>
        ))}
      </ul>
    </article>
  );
}
