import { PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Drawer, Form, Input } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { IssueOfDevice, PublicPassword } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient, useDevices, useDoors, usePublicPasswords } from '../../api/queries';
import { DateTimeField } from '../../ui/date_fields';
import { changedIn } from '../../ui/changed';
import { StateWord } from '../../ui/marks';
import { NamedForm } from '../../ui/named_form';
import { NumberField } from '../../ui/number_field';
import { Opened } from '../../ui/opened';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { showFieldErrors } from '../../ui/problem_text';
import { useTimeText, useZone } from '../../ui/site';
import { Removal } from '../../ui/removal';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { fromPicker, toPicker } from '../../ui/wall_picker';
import { useMay } from '../shell/me_context';
import { DoorPicker } from './door_picker';
import css from './permissions.module.css';

const idOf = (password: PublicPassword) => password.id;
const looks = { issued: 'good', pending: 'waiting', failed: 'bad' } as const;

/** Codes that open doors without a person. */
export function PublicPasswordsView() {
  const { t } = useTranslation();
  const passwords = usePublicPasswords();
  const doors = useDoors();
  const mayEdit = useMay('permissions', 'edit');
  const validity = useValidity();
  const [search, setSearch] = useSearchParams();
  const openId = search.get('password');
  const close = () => setSearch({}, { replace: true });
  const items = passwords.data ?? [];
  const open = openId === 'new' ? null : items.find((password) => password.id === openId);
  const add = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setSearch({ password: 'new' })}>
      {t('public_passwords.add')}
    </Button>
  );
  const doorsOf = (password: PublicPassword) =>
    (doors.data ?? [])
      .filter((door) => password.doors.includes(door.id))
      .map((door) => door.name)
      .join(', ') || <span className="quiet">{t('public_passwords.doors_none')}</span>;
  const columns: Column<PublicPassword>[] = [
    {
      key: 'name',
      title: t('common.name'),
      width: 'minmax(160px, 1.2fr)',
      render: (password) => (
        <span className="cut">
          <b>{password.name}</b>{' '}
          <span className="quiet num">{t('public_passwords.number', { number: password.number })}</span>
        </span>
      ),
    },
    { key: 'doors', title: t('permissions.doors'), width: 'minmax(160px, 1.5fr)', render: doorsOf },
    { key: 'when', title: t('public_passwords.when'), width: 'minmax(160px, 1fr)', render: validity },
    {
      key: 'issue',
      title: t('public_passwords.issued'),
      width: 'minmax(180px, 1.2fr)',
      render: (password) => <Issue issue={password.issue} />,
    },
  ];
  const phone = (password: PublicPassword) => (
    <>
      <div className="cut">
        <b>{password.name}</b> <span className="quiet">{validity(password)}</span>
      </div>
      <div className="cut">
        <Issue issue={password.issue} /> <span className="quiet">· {doorsOf(password)}</span>
      </div>
    </>
  );
  return (
    <>
      <Panel title={t('public_passwords.title')} actions={items.length > 0 && add}>
        {passwords.error ? (
          <Failure error={passwords.error} onRetry={() => void passwords.refetch()} />
        ) : passwords.isPending || doors.isPending ? (
          <Loading />
        ) : items.length === 0 ? (
          <Empty title={t('public_passwords.empty')} action={add}>
            {t('public_passwords.empty_hint')}
          </Empty>
        ) : (
          <VirtualTable
            label={t('public_passwords.title')}
            columns={columns}
            rows={items}
            atMost="70vh"
            keyOf={idOf}
            phone={phone}
            onOpen={(password) => setSearch({ password: password.id })}
          />
        )}
      </Panel>
      <Drawer
        open={openId === 'new' || open !== undefined}
        onClose={close}
        width={560}
        title={open?.name ?? t('public_passwords.new')}
        destroyOnHidden
        extra={
          open &&
          mayEdit && (
            <Removal
              title={t('public_passwords.delete', { name: open.name })}
              loss={t('public_passwords.delete_hint')}
              remove={() =>
                answerOf(api.DELETE('/public-passwords/{id}', { params: { path: { id: open.id } } }))
              }
              stale="rules"
              onDone={close}
            />
          )
        }
      >
        {open !== undefined && (
          <Opened
            key={open?.id ?? 'new'}
            now={open}
            load={() => answerOf(api.GET('/public-passwords/{id}', { params: { path: { id: open!.id } } }))}
          >
            {(opened) => <PasswordForm password={opened} mayEdit={mayEdit} onClose={close} />}
          </Opened>
        )}
      </Drawer>
    </>
  );
}

function useValidity() {
  const { t } = useTranslation();
  const timeText = useTimeText();
  return ({ valid_from, valid_to }: PublicPassword) => {
    if (valid_to !== null && new Date(valid_to) <= new Date())
      return t('public_passwords.over', { to: timeText(valid_to) });
    const parts = [
      ...(valid_from !== null ? [t('public_passwords.since', { from: timeText(valid_from) })] : []),
      ...(valid_to !== null ? [t('public_passwords.until', { to: timeText(valid_to) })] : []),
    ];
    return parts.join(' ') || t('public_passwords.ever');
  };
}

/** The worst of what its controllers say, with those that are not there yet by name. */
function Issue({ issue }: { issue: IssueOfDevice[] }) {
  const { t } = useTranslation();
  const devices = useDevices(useMay('devices', 'view'));
  const missing = issue.filter(({ state }) => state !== 'issued');
  if (issue.length === 0) return <span className="quiet">–</span>;
  if (missing.length === 0) return <StateWord look="good">{t('issue_states.issued')}</StateWord>;
  return (
    <>
      {missing.map(({ device_id, state, reason }) => {
        const name = devices.data?.find((device) => device.id === device_id)?.name;
        const why =
          reason === 'user_id_taken' ? t('public_passwords.clash') : reason && t(`issue_reasons.${reason}`);
        const words = [name, [t(`issue_states.${state}`), why].filter(Boolean).join(': ')];
        return (
          <StateWord key={device_id} look={looks[state]}>
            {words.filter(Boolean).join(' · ')}
          </StateWord>
        );
      })}
    </>
  );
}

interface Typed {
  name: string;
  code?: string;
  doors: string[];
  valid_from?: Dayjs | null;
  valid_to?: Dayjs | null;
  uses?: number | null;
}

interface FormProps {
  password: PublicPassword | null;
  mayEdit: boolean;
  onClose: () => void;
}

function PasswordForm({ password, mayEdit, onClose }: FormProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const zone = useZone();
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ name, code, doors, valid_from, valid_to, uses }: Typed) => {
      const body = {
        name: name.trim(),
        doors,
        valid_from: valid_from ? fromPicker(valid_from, zone) : null,
        valid_to: valid_to ? fromPicker(valid_to, zone) : null,
      };
      // Sent only when somebody typed there: even the same number begins a new count.
      const counted = !password || form.isFieldTouched('uses') ? { uses: uses ?? null } : {};
      return password
        ? answerOf(
            api.PATCH('/public-passwords/{id}', {
              params: { path: { id: password.id } },
              body: {
                ...changedIn(password, body),
                ...counted,
                ...(code ? { code } : {}),
                revision: password.revision,
              },
            }),
          )
        : answerOf(api.POST('/public-passwords', { body: { ...body, ...counted, code: code ?? '' } }));
    },
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['rules', 'doors']) void queryClient.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) => {
      showFieldErrors(form, error, (field) => [field.split('.')[0]!]);
      if (error instanceof Problem && error.code === 'code_taken')
        form.setFields([{ name: 'code', errors: [t('public_passwords.taken')] }]);
    },
  });
  const codeShown = save.error instanceof Problem && save.error.code === 'code_taken';
  return (
    <NamedForm
      form={form}
      save={save}
      mayEdit={mayEdit}
      isNew={password === null}
      example={t('public_passwords.example')}
      problem={codeShown ? null : undefined}
      remark={password && t('public_passwords.number_hint', { number: password.number })}
      initialValues={{
        name: password?.name,
        doors: password?.doors ?? [],
        valid_from: password?.valid_from ? toPicker(password.valid_from, zone) : null,
        valid_to: password?.valid_to ? toPicker(password.valid_to, zone) : null,
        uses: password?.uses,
      }}
    >
      <Form.Item
        name="code"
        label={t(password ? 'public_passwords.code_new' : 'public_passwords.code')}
        extra={t(password ? 'public_passwords.code_keep' : 'public_passwords.code_hint')}
        validateTrigger="onBlur"
        rules={[
          { pattern: /^[0-9]{1,8}$/, message: t('public_passwords.code_bad') },
          ...(password ? [] : [{ required: true, message: t('public_passwords.code_missing') }]),
        ]}
      >
        <Input.Password inputMode="numeric" autoComplete="new-password" maxLength={8} />
      </Form.Item>
      <Form.Item name="doors">
        <DoorField disabled={!mayEdit} />
      </Form.Item>
      <div className={css.pairs}>
        <Form.Item name="valid_from" label={t('public_passwords.from')}>
          <DateTimeField edge="begins" />
        </Form.Item>
        <Form.Item name="valid_to" label={t('public_passwords.to')}>
          <DateTimeField edge="ends" />
        </Form.Item>
      </div>
      <Form.Item name="uses" label={t('public_passwords.uses')} extra={t('public_passwords.uses_hint')}>
        <NumberField
          min={1}
          max={65_535}
          placeholder={t('public_passwords.uses_any')}
          style={{ width: '100%' }}
        />
      </Form.Item>
    </NamedForm>
  );
}

interface DoorFieldProps {
  /** Both are given by the form. */
  value?: string[];
  onChange?: (doors: readonly string[]) => void;
  disabled: boolean;
}

function DoorField({ value = [], onChange, disabled }: DoorFieldProps) {
  return <DoorPicker value={value} onChange={(doors) => onChange?.(doors)} disabled={disabled} />;
}
