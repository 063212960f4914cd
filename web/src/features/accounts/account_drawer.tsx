import { useMutation } from '@tanstack/react-query';
import { App, Button, Checkbox, Drawer, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Account, Role } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { FormEnd } from '../../ui/form_end';
import { StateWord } from '../../ui/marks';
import { SaveProblem } from '../../ui/opened';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import { NewPasswordField } from '../entry/password_field';
import type { TreeName } from '../organisation/trees';
import { useTree } from '../organisation/trees';
import { useMay } from '../shell/me_context';
import css from './accounts.module.css';
import { roleName } from './role_words';

interface Typed {
  name: string;
  role_id: string;
  all_areas: boolean;
  areas: string[];
  all_departments: boolean;
  departments: string[];
  password?: string;
  reset?: boolean;
}

interface Props {
  account: Account | null;
  roles: Role[];
  onClose: () => void;
}

/** Who, what they may do, and in which part of the site. */
export function AccountDrawer({ account, roles, onClose }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const mayKeep = useMay('accounts', 'administer');
  const [form] = Form.useForm<Typed>();
  const name = String(Form.useWatch('name', form) ?? account?.name ?? '');
  const reset = Form.useWatch('reset', form) === true;
  const after = (text: string) => {
    void message.success(text);
    for (const key of ['accounts', 'roles', 'me']) void queryClient.invalidateQueries({ queryKey: [key] });
    onClose();
  };
  const save = useMutation({
    mutationFn: (typed: Typed) => {
      const body = {
        role_id: typed.role_id,
        areas: typed.all_areas ? null : (typed.areas ?? []),
        departments: typed.all_departments ? null : (typed.departments ?? []),
      };
      const password = typed.password ? { password: typed.password } : {};
      return account
        ? answerOf(
            api.PATCH('/accounts/{id}', {
              params: { path: { id: account.id } },
              body: { ...body, ...password, revision: account.revision },
            }),
          )
        : answerOf(
            api.POST('/accounts', { body: { ...body, name: typed.name, password: typed.password ?? '' } }),
          );
    },
    onSuccess: (saved) => after(account ? t('common.saved') : t('accounts.added', { name: saved.name })),
    onError: (error) => showFieldErrors(form, error),
  });
  const takeAway = useMutation({
    mutationFn: () =>
      answerOf(api.DELETE('/accounts/{id}/second-factor', { params: { path: { id: account!.id } } })),
    onSuccess: () => after(t('second_factor.taken_away', { name: account!.name })),
  });
  const askTakeAway = () =>
    modal.confirm({
      title: t('second_factor.take_away_title', { name: account!.name }),
      content: t('second_factor.take_away_hint'),
      okText: t('second_factor.take_away'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () => takeAway.mutateAsync().catch(() => undefined),
    });
  const dropMailbox = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/accounts/{id}', { params: { path: { id: account!.id } }, body: { mailbox: null } }),
      ),
    onSuccess: () => after(t('mailbox.taken_away', { name: account!.name })),
  });
  const askDropMailbox = () =>
    modal.confirm({
      title: t('mailbox.take_away_title', { name: account!.name }),
      content: t('mailbox.take_away_hint'),
      okText: t('mailbox.take_away'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () => dropMailbox.mutateAsync().catch(() => undefined),
    });
  const error = save.error ?? takeAway.error ?? dropMailbox.error;
  return (
    <Drawer
      open
      onClose={onClose}
      width={520}
      title={account?.name ?? t('accounts.add')}
      extra={
        account &&
        mayKeep && (
          <Removal
            title={t('accounts.remove', { name: account.name })}
            loss={t('accounts.remove_hint')}
            remove={() => answerOf(api.DELETE('/accounts/{id}', { params: { path: { id: account.id } } }))}
            onDone={onClose}
          />
        )
      }
    >
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!mayKeep}
        initialValues={{
          name: account?.name ?? '',
          role_id: account?.role_id ?? '2',
          all_areas: account === null || account.areas === null,
          areas: account?.areas ?? [],
          all_departments: account === null || account.departments === null,
          departments: account?.departments ?? [],
        }}
        onFinish={(typed) => save.mutate(typed)}
      >
        <SaveProblem error={error} className={css.gap} />
        {account === null && (
          <Form.Item
            name="name"
            label={t('accounts.name')}
            extra={t('accounts.name_hint')}
            rules={[{ required: true, pattern: /^[a-z0-9._-]{1,32}$/, message: t('accounts.name_bad') }]}
          >
            <Input maxLength={32} autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </Form.Item>
        )}
        <Form.Item name="role_id" label={t('accounts.role')}>
          <Select options={roles.map((role) => ({ value: role.id, label: roleName(role) }))} />
        </Form.Item>
        <PartField tree="areas" />
        <PartField tree="departments" />
        {account?.second_factor && (
          <div className={css.line}>
            <StateWord look="good">{t('second_factor.title')}</StateWord>
            <Button size="small" onClick={askTakeAway}>
              {t('second_factor.take_away')}
            </Button>
          </div>
        )}
        {account?.mailbox && (
          <div className={css.line}>
            <span className={css.address}>{account.mailbox.address ?? t('mailbox.title')}</span>
            <StateWord look={account.mailbox.proved ? 'good' : 'waiting'}>
              {t(account.mailbox.proved ? 'mailbox.proved' : 'mailbox.not_proved')}
            </StateWord>
            <Button size="small" onClick={askDropMailbox}>
              {t('mailbox.take_away')}
            </Button>
          </div>
        )}
        {account !== null && (
          <Form.Item name="reset" valuePropName="checked" noStyle>
            <Checkbox className={css.gap}>{t('accounts.reset')}</Checkbox>
          </Form.Item>
        )}
        {(account === null || reset) && (
          <>
            <NewPasswordField name="password" label={t('accounts.first_password')} account={name} />
            <p className="quiet">{t('accounts.first_password_hint')}</p>
          </>
        )}
        {mayKeep && <FormEnd busy={save.isPending} />}
      </Form>
    </Drawer>
  );
}

/** All of a tree, or some of its branches with what is below them. */
export function PartField({ tree }: { tree: TreeName }) {
  const { t } = useTranslation();
  const { branches } = useTree(tree);
  const all = Form.useWatch(`all_${tree}`) !== false;
  return (
    <>
      <Form.Item name={`all_${tree}`} valuePropName="checked" style={{ marginBottom: 6 }}>
        <Checkbox>{t(`accounts.all_${tree}`)}</Checkbox>
      </Form.Item>
      {!all && (
        <Form.Item name={tree} label={t(`accounts.${tree}`)} extra={t('accounts.part_of')}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={branches.map((branch) => ({ value: branch.id, label: branch.path }))}
          />
        </Form.Item>
      )}
    </>
  );
}
