import { PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Checkbox, Drawer, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Holiday } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useHolidays, useTemplates } from '../../api/queries';
import { DateField } from '../../ui/date_fields';
import { changedIn } from '../../ui/changed';
import { NamedForm } from '../../ui/named_form';
import { Opened } from '../../ui/opened';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { showFieldErrors } from '../../ui/problem_text';
import { Removal } from '../../ui/removal';
import type { Column } from '../../ui/virtual_table';
import { VirtualTable } from '../../ui/virtual_table';
import { most_periods, periodsOf, spansFrom, spansText, weekFrom } from '../../ui/week';
import { useMay, useWholeSite } from '../shell/me_context';
import css from './permissions.module.css';

const idOf = (holiday: Holiday) => holiday.id;
const hoursOf = (holiday: Holiday) => spansText(weekFrom([holiday.periods])[0]!);

/** Dates on which templates have other hours than their week. */
export function HolidaysView() {
  const { t } = useTranslation();
  const holidays = useHolidays();
  const templates = useTemplates();
  const hasRight = useMay('permissions', 'edit');
  const mayEdit = useWholeSite() && hasRight;
  const [search, setSearch] = useSearchParams();
  const openId = search.get('holiday');
  const close = () => setSearch({}, { replace: true });
  const items = holidays.data ?? [];
  const open = openId === 'new' ? null : items.find((holiday) => holiday.id === openId);
  const add = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setSearch({ holiday: 'new' })}>
      {t('holidays.add')}
    </Button>
  );
  const datesOf = (holiday: Holiday) => {
    const dates = holiday.from === holiday.to ? holiday.from : `${holiday.from} – ${holiday.to}`;
    return holiday.yearly ? t('holidays.each_year', { dates }) : dates;
  };
  const usersOf = (holiday: Holiday) =>
    (templates.data ?? []).filter((template) => template.holiday_ids.includes(holiday.id));
  const usedBy = (holiday: Holiday) => {
    const names = usersOf(holiday).map((template) => template.name);
    return names.length === 0 ? <span className="quiet">{t('holidays.unused')}</span> : names.join(', ');
  };
  const columns: Column<Holiday>[] = [
    {
      key: 'name',
      title: t('common.name'),
      width: 'minmax(140px, 1fr)',
      render: (holiday) => <b className="cut">{holiday.name}</b>,
    },
    {
      key: 'dates',
      title: t('holidays.dates'),
      width: 'minmax(230px, 1fr)',
      render: (holiday) => <span className="num">{datesOf(holiday)}</span>,
    },
    {
      key: 'hours',
      title: t('holidays.hours'),
      width: 'minmax(140px, 1fr)',
      render: (holiday) => hoursOf(holiday) || t('holidays.closed'),
    },
    { key: 'used', title: t('holidays.templates'), width: 'minmax(140px, 1fr)', render: usedBy },
  ];
  const phone = (holiday: Holiday) => (
    <div>
      <b>{holiday.name}</b> <span className="quiet">{hoursOf(holiday) || t('holidays.closed')}</span>
      <div className="num quiet cut">{datesOf(holiday)}</div>
    </div>
  );
  return (
    <>
      <Panel title={t('holidays.title')} actions={items.length > 0 && add}>
        {holidays.error ? (
          <Failure error={holidays.error} onRetry={() => void holidays.refetch()} />
        ) : holidays.isPending ? (
          <Loading />
        ) : items.length === 0 ? (
          <Empty title={t('holidays.empty')} action={add}>
            {t('holidays.empty_hint')}
          </Empty>
        ) : (
          <VirtualTable
            label={t('holidays.title')}
            columns={columns}
            rows={items}
            atMost="70vh"
            keyOf={idOf}
            phone={phone}
            onOpen={(holiday) => setSearch({ holiday: holiday.id })}
          />
        )}
      </Panel>
      <Drawer
        open={openId === 'new' || open !== undefined}
        onClose={close}
        width={480}
        title={open?.name ?? t('holidays.new')}
        destroyOnHidden
        extra={
          open &&
          mayEdit && (
            <Removal
              title={t('holidays.delete', { name: open.name })}
              remove={() => answerOf(api.DELETE('/holidays/{id}', { params: { path: { id: open.id } } }))}
              stale="holidays"
              onDone={close}
            />
          )
        }
      >
        {open !== undefined && (
          <Opened
            key={open?.id ?? 'new'}
            now={open}
            load={() => answerOf(api.GET('/holidays/{id}', { params: { path: { id: open!.id } } }))}
          >
            {(opened) => <HolidayForm holiday={opened} mayEdit={mayEdit} onClose={close} />}
          </Opened>
        )}
      </Drawer>
    </>
  );
}

interface Typed {
  name: string;
  from: string;
  to: string;
  yearly: boolean;
  hours: string;
}

function HolidayForm({
  holiday,
  mayEdit,
  onClose,
}: {
  holiday: Holiday | null;
  mayEdit: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ name, from, to, yearly, hours }: Typed) => {
      const periods = periodsOf([spansFrom(hours) ?? []])[0]!;
      const body = { name: name.trim(), from, to, yearly, periods };
      return holiday
        ? answerOf(
            api.PATCH('/holidays/{id}', {
              params: { path: { id: holiday.id } },
              body: { ...changedIn(holiday, body), revision: holiday.revision },
            }),
          )
        : answerOf(api.POST('/holidays', { body }));
    },
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['holidays', 'issue-states']) void queryClient.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <NamedForm
      form={form}
      save={save}
      mayEdit={mayEdit}
      isNew={holiday === null}
      initialValues={{
        name: holiday?.name,
        from: holiday?.from,
        to: holiday?.to,
        yearly: holiday?.yearly ?? false,
        hours: holiday ? hoursOf(holiday) : '',
      }}
    >
      <div className={css.pairs}>
        {(['from', 'to'] as const).map((end) => (
          <Form.Item
            key={end}
            name={end}
            label={t(`holidays.${end}`)}
            rules={[{ required: true, message: t('holidays.dates_missing') }]}
          >
            <DateField />
          </Form.Item>
        ))}
      </div>
      <Form.Item name="yearly" valuePropName="checked">
        <Checkbox>{t('holidays.yearly')}</Checkbox>
      </Form.Item>
      <Form.Item
        name="hours"
        label={t('holidays.hours')}
        extra={t('holidays.hours_hint')}
        validateTrigger="onBlur"
        rules={[
          {
            validator: async (_, text: string) => {
              const spans = spansFrom(text);
              if (spans === null || spans.length > most_periods) throw new Error(t('holidays.hours_bad'));
            },
          },
        ]}
      >
        <Input className="num" placeholder={t('holidays.closed')} />
      </Form.Item>
    </NamedForm>
  );
}
