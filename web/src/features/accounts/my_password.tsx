import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';

import { queryClient } from '../../api/queries';
import { Facts, Page, Panel } from '../../ui/page';
import { Time } from '../../ui/site';
import { useTree } from '../organisation/trees';
import { useAccount } from '../shell/me_context';
import css from './accounts.module.css';
import { roleName } from './role_words';
import { MailboxPanel } from './mailbox_panel';
import { PasswordForm } from './password_form';
import { QuestionsPanel } from './questions_panel';
import { SecondFactorPanel } from './second_factor_panel';

/** One's own account: what it may do and where, and its password. */
export default function MyPassword() {
  const { t } = useTranslation();
  const me = useAccount();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const areas = useTree('areas').branches;
  const departments = useTree('departments').branches;
  const named = (ids: string[] | null, branches: { id: string; path: string }[], all: string) =>
    ids === null
      ? all
      : branches
          .filter((branch) => ids.includes(branch.id))
          .map((branch) => branch.path)
          .join(', ') || '–';
  return (
    <Page title={t('account.title')} note={me.account}>
      <div className={css.own}>
        <div className={css.parts}>
          <Panel title={t('account.what')}>
            <div className={css.padded}>
              <Facts
                items={[
                  [t('accounts.role'), roleName({ name: me.role, built_in: me.built_in })],
                  [t('accounts.areas'), named(me.areas, areas, t('accounts.all_areas'))],
                  [
                    t('accounts.departments'),
                    named(me.departments, departments, t('accounts.all_departments')),
                  ],
                  [t('account.since'), <Time key="since" at={me.password_changed_at} />],
                ]}
              />
            </div>
          </Panel>
          <Panel title={t('account.change')}>
            <div className={css.padded}>
              <PasswordForm
                account={me.account}
                onDone={() => {
                  void message.success(t('account.changed'));
                  void queryClient.invalidateQueries({ queryKey: ['me'] });
                  navigate('/');
                }}
              />
            </div>
          </Panel>
        </div>
        <div className={css.parts}>
          <SecondFactorPanel />
          <MailboxPanel />
          <QuestionsPanel />
        </div>
      </div>
    </Page>
  );
}
