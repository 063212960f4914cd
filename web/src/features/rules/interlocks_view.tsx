import { PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Checkbox, Drawer, Form, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Interlock } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useDoors, useInterlocks } from '../../api/queries';
import { changedIn } from '../../ui/changed';
import { NamedForm } from '../../ui/named_form';
import { Opened } from '../../ui/opened';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { useMay } from '../shell/me_context';
import { atLeast } from './at_least';
import { useControllers } from './controllers';
import css from './rules.module.css';

const idOf = (interlock: Interlock) => interlock.id;

/** Doors of which at most one is open at a time. */
export function InterlocksView() {
  const { t } = useTranslation();
  const interlocks = useInterlocks();
  const doors = useDoors();
  const mayEdit = useMay('doors', 'edit');
  const [search, setSearch] = useSearchParams();
  const openId = search.get('interlock');
  const close = () => setSearch({}, { replace: true });
  const items = interlocks.data ?? [];
  const open = openId === 'new' ? null : items.find((one) => one.id === openId);
  const doorsOf = (interlock: Interlock) =>
    (doors.data ?? [])
      .filter((door) => interlock.doors.includes(door.id))
      .map((door) => door.name)
      .join(', ');
  const add = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setSearch({ interlock: 'new' })}>
      {t('rules.interlock_add')}
    </Button>
  );
  const columns: Column<Interlock>[] = [
    {
      key: 'name',
      title: t('common.name'),
      width: 'minmax(140px, 1fr)',
      render: (interlock) => <b>{interlock.name}</b>,
    },
    { key: 'doors', title: t('permissions.doors'), width: 'minmax(200px, 2fr)', render: doorsOf },
    {
      key: 'blocks',
      title: t('rules.blocks'),
      width: 'minmax(200px, 1.4fr)',
      render: (interlock) => t(`rules.blocks_${interlock.blocks}`),
    },
  ];
  const phone = (interlock: Interlock) => (
    <div>
      <b>{interlock.name}</b>
      <div className="quiet cut">{doorsOf(interlock)}</div>
    </div>
  );
  return (
    <>
      <Panel title={t('rules.view_interlocks')} actions={items.length > 0 && add}>
        {interlocks.error ? (
          <Failure error={interlocks.error} onRetry={() => void interlocks.refetch()} />
        ) : interlocks.isPending || doors.isPending ? (
          <Loading />
        ) : items.length === 0 ? (
          <Empty title={t('rules.interlocks_empty')} action={add}>
            {t('rules.interlocks_empty_hint')}
          </Empty>
        ) : (
          <VirtualTable
            label={t('rules.view_interlocks')}
            columns={columns}
            rows={items}
            atMost="75vh"
            keyOf={idOf}
            phone={phone}
            selected={openId}
            onOpen={(interlock) => setSearch({ interlock: interlock.id })}
          />
        )}
      </Panel>
      <Drawer
        open={openId === 'new' || open !== undefined}
        onClose={close}
        width={480}
        title={open?.name ?? t('rules.interlock_new')}
        destroyOnHidden
        extra={
          open &&
          mayEdit && (
            <Removal
              title={t('rules.interlock_delete', { name: open.name })}
              loss={t('rules.interlock_delete_hint', { doors: doorsOf(open) })}
              remove={() => answerOf(api.DELETE('/interlocks/{id}', { params: { path: { id: open.id } } }))}
              stale="rules"
              onDone={close}
            />
          )
        }
      >
        {open !== undefined && doors.data && (
          <Opened
            key={open?.id ?? 'new'}
            now={open}
            load={() => answerOf(api.GET('/interlocks/{id}', { params: { path: { id: open!.id } } }))}
          >
            {(opened) => <InterlockForm interlock={opened} mayEdit={mayEdit} onClose={close} />}
          </Opened>
        )}
      </Drawer>
    </>
  );
}

interface Typed {
  name: string;
  device: string;
  doors: string[];
  blocks: Interlock['blocks'];
}

interface FormProps {
  interlock: Interlock | null;
  mayEdit: boolean;
  onClose: () => void;
}

function InterlockForm({ interlock, mayEdit, onClose }: FormProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const controllers = useControllers().filter((one) => one.doors.length > 1);
  const [form] = Form.useForm<Typed>();
  const device = (Form.useWatch('device', form) as string | undefined) ?? interlock?.device_id;
  const chosen = controllers.find((one) => one.id === (device ?? controllers[0]?.id));
  const save = useMutation({
    mutationFn: ({ name, doors, blocks }: Typed) => {
      const body = { name: name.trim(), doors, blocks };
      return interlock
        ? answerOf(
            api.PATCH('/interlocks/{id}', {
              params: { path: { id: interlock.id } },
              body: { ...changedIn(interlock, body), revision: interlock.revision },
            }),
          )
        : answerOf(api.POST('/interlocks', { body }));
    },
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['rules', 'doors']) void queryClient.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) => showFieldErrors(form, error, (field) => [field.split('.')[0]!]),
  });
  if (controllers.length === 0) {
    return <Empty title={t('rules.one_door_only')}>{t('rules.one_door_only_hint')}</Empty>;
  }
  return (
    <NamedForm
      form={form}
      save={save}
      mayEdit={mayEdit}
      isNew={interlock === null}
      example={t('rules.interlock_example')}
      initialValues={{
        name: interlock?.name,
        device: interlock?.device_id ?? controllers[0]?.id,
        doors: interlock?.doors ?? [],
        blocks: interlock?.blocks ?? 'unlocked',
      }}
    >
      <Form.Item name="device" label={t('rules.controller')} extra={t('rules.interlock_one_controller')}>
        <Select
          options={controllers.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={() => form.setFieldValue('doors', [])}
        />
      </Form.Item>
      <Form.Item name="doors" label={t('permissions.doors')} rules={[atLeast(2, t('rules.two_doors'))]}>
        <Checkbox.Group
          className={css.doors}
          options={(chosen?.doors ?? []).map((door) => ({ value: door.id, label: door.name }))}
        />
      </Form.Item>
      <Form.Item name="blocks" label={t('rules.blocks')} extra={t('rules.blocks_hint')}>
        <Radio.Group
          className={css.doors}
          options={(['unlocked', 'open'] as const).map((value) => ({
            value,
            label: t(`rules.blocks_${value}`),
          }))}
        />
      </Form.Item>
    </NamedForm>
  );
}
