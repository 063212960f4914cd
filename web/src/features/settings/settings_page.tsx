import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Form, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Language, Settings } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useSettings } from '../../api/queries';
import { speak } from '../../ui/i18n';
import { Page, Panel, Queried } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import type { ThemeChoice } from '../../ui/theme';
import { useTheme } from '../../ui/theme';
import { TimeZoneSelect } from '../../ui/time_zone_select';
import { useMay, useWholeSite } from '../shell/me_context';
import { CertificatePanel } from './certificate_panel';
import { NetworkPanel } from './network_panel';
import { PersonFieldsPanel } from './person_fields_panel';
import { RetentionPanel } from './retention_panel';
import css from './settings.module.css';
import { SignInPanel } from './sign_in_panel';

const languages = [
  { value: 'en' as const, label: 'English' },
  { value: 'zh' as const, label: '中文' },
];

export default function SettingsPage() {
  const { t } = useTranslation();
  const settings = useSettings();
  const maySeeAll = [useMay('settings', 'view'), useWholeSite()].every(Boolean);
  return (
    <Page
      title={t('pages.settings')}
      note={
        settings.data && (
          <span className="num">{t('settings.version', { version: settings.data.version })}</span>
        )
      }
    >
      <div className={css.settings}>
        <Panel title={t('settings.site')}>
          <Queried query={settings} rows={3}>
            {(data) => <Site settings={data} />}
          </Queried>
        </Panel>
        <Panel title={t('settings.appearance')}>
          <ThisBrowser />
        </Panel>
        {maySeeAll && (
          <>
            <SignInPanel />
            <NetworkPanel />
            <CertificatePanel />
            <PersonFieldsPanel />
            <RetentionPanel />
          </>
        )}
      </div>
    </Page>
  );
}

type Typed = Pick<Settings, 'time_zone' | 'language'>;

function Site({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const mayAdminister = useMay('settings', 'administer');
  const [form] = Form.useForm<Typed>();
  const zone = Form.useWatch('time_zone', form) as string | undefined;
  const save = useMutation({
    mutationFn: (typed: Typed) => answerOf(api.PATCH('/settings', { body: typed })),
    onSuccess: (changed) => {
      queryClient.setQueryData(['settings'], changed);
      void message.success(t('common.saved'));
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const { time_zone, language } = settings;
  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayAdminister}
      initialValues={{ time_zone, language }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.form}
    >
      {save.error && <Alert type="error" showIcon message={textOf(save.error)} role="alert" />}
      {!mayAdminister && <p className="quiet">{t('settings.read_only')}</p>}
      <Form.Item name="time_zone" label={t('settings.time_zone')} extra={t('settings.time_zone_hint')}>
        <TimeZoneSelect />
      </Form.Item>
      {zone !== undefined && zone !== time_zone && (
        <Alert
          className={css.gap}
          type="warning"
          showIcon
          message={t('settings.time_zone_warning', { zone })}
        />
      )}
      <Form.Item name="language" label={t('settings.language')} extra={t('settings.language_hint')}>
        <Select options={languages} />
      </Form.Item>
      {mayAdminister && (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      )}
    </Form>
  );
}

function ThisBrowser() {
  const { t, i18n } = useTranslation();
  const { choice, choose } = useTheme();
  const change = (language: Language) => {
    void speak(language, 'remember');
    void answerOf(api.PATCH('/me', { body: { language } })).then((me) =>
      queryClient.setQueryData(['me'], me),
    );
  };
  return (
    <div className={css.form}>
      <div className={css.choice}>
        <span id="choose-language">{t('settings.my_language')}</span>
        <Segmented<Language>
          aria-labelledby="choose-language"
          value={i18n.language as Language}
          onChange={change}
          options={languages}
        />
      </div>
      <div className={css.choice}>
        <span id="choose-theme">{t('theme.label')}</span>
        <Segmented<ThemeChoice>
          aria-labelledby="choose-theme"
          value={choice}
          onChange={choose}
          options={(['system', 'light', 'dark'] as const).map((theme) => ({
            value: theme,
            label: t(`theme.${theme}`),
          }))}
        />
      </div>
    </div>
  );
}
