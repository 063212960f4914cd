import { InboxOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Progress, Table, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';

import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, useDevices } from '../../api/queries';
import { StateWord } from '../../ui/marks';
import { Empty, Failure, Loading, Page, Panel } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { useTree } from '../organisation/trees';
import { Unreadable } from '../people/import/csv';
import { Faults } from '../people/import/faults';
import { sheetOfFile } from '../people/import/sheet_file';
import people_css from '../people/people.module.css';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';
import { placeOf } from './found_list';
import type { DeviceRow, DeviceRows } from './list_columns';
import { deviceRowsOf, rows_at_most } from './list_columns';
import { several } from './several';

type Result = { state: 'adding' | 'added' } | { state: 'failed'; error: unknown };

/** Devices from a file: read here, looked at line by line, then added one by one. */
export default function DeviceImportPage() {
  const { t, i18n } = useTranslation();
  const textOf = useProblemText();
  const mayAdd = useMay('devices', 'administer');
  const devices = useDevices();
  const tree = useTree('areas');
  const look = useMutation({
    mutationFn: async (file: File) => {
      const sheet = await sheetOfFile(file, i18n.language);
      return { name: file.name, ...deviceRowsOf(sheet, tree.branches, devices.data ?? []) };
    },
  });
  const waits = devices.isPending || tree.isPending;
  const failed = devices.error ?? tree.error;
  return (
    <Page title={t('device_list.title')}>
      <div className={people_css.wide}>
        {!mayAdd ? (
          <Empty title={t('problems.forbidden')} />
        ) : waits ? (
          <Loading />
        ) : failed ? (
          <Failure error={failed} onRetry={() => void queryClient.invalidateQueries()} />
        ) : (
          <>
            <Panel className={people_css.padded}>
              <Upload.Dragger
                accept=".csv,.tsv,.txt,.xlsx"
                showUploadList={false}
                disabled={look.isPending}
                beforeUpload={(file: File) => {
                  look.mutate(file);
                  return false;
                }}
              >
                <p className={people_css.drop}>
                  <InboxOutlined />
                </p>
                <p>{t('imports.choose')}</p>
                <p className="quiet">{t('device_list.choose_hint')}</p>
              </Upload.Dragger>
            </Panel>
            {look.error && (
              <Alert
                type="error"
                showIcon
                role="alert"
                message={
                  look.error instanceof Unreadable
                    ? t(`imports.unreadable.${look.error.code}`, { line: look.error.line })
                    : textOf(look.error)
                }
              />
            )}
            {look.data && <Preview key={look.submittedAt} {...look.data} />}
          </>
        )}
      </div>
    </Page>
  );
}

function Preview({ name, rows, faults, ignored, here }: DeviceRows & { name: string }) {
  const { t } = useTranslation();
  const tooMany = rows.length > rows_at_most;
  const isGood = faults.length === 0 && rows.length > 0 && !tooMany;
  return (
    <Panel title={name}>
      <div className={people_css.padded}>
        {tooMany ? (
          <Alert
            type="error"
            showIcon
            role="alert"
            message={t('device_list.too_many', { most: rows_at_most })}
          />
        ) : faults.length > 0 ? (
          <Alert
            type="error"
            showIcon
            role="alert"
            message={t('device_list.faulty', { count: new Set(faults.map((fault) => fault.line)).size })}
            description={t('device_list.faulty_hint')}
          />
        ) : rows.length === 0 ? (
          <Alert type="info" showIcon role="status" message={t('device_list.nothing')} />
        ) : (
          <Alert
            type="success"
            showIcon
            role="status"
            message={t('device_list.good', { count: rows.length })}
          />
        )}
        {here > 0 && <p className={people_css.note}>{t('device_list.here', { count: here })}</p>}
        {ignored.length > 0 && (
          <p className={people_css.note}>{t('imports.ignored', { columns: ignored.join(', ') })}</p>
        )}
      </div>
      {faults.length > 0 && <Faults faults={faults} columnName={(column) => t(`device_columns.${column}`)} />}
      {isGood && <Adding rows={rows} />}
    </Panel>
  );
}

function Adding({ rows }: { rows: readonly DeviceRow[] }) {
  const { t } = useTranslation();
  const [results, setResults] = useState<ReadonlyMap<number, Result>>(new Map());
  const [busy, setBusy] = useState(false);
  const note = (row: DeviceRow, result: Result) =>
    setResults((before) => new Map(before).set(row.line, result));
  const left = rows.filter((row) => results.get(row.line)?.state !== 'added');
  const tried = rows.filter((row) => ['added', 'failed'].includes(results.get(row.line)?.state ?? '')).length;

  const addOne = async ({ line, address, port, fingerprint, ...row }: DeviceRow, password: string) => {
    const print = fingerprint === null ? {} : { fingerprint };
    const where = port === 0 ? { serial: address } : { address, port };
    await answerOf(api.POST('/devices', { body: { ...row, ...where, ...print, password } }));
    return line;
  };
  const add = async (password: string) => {
    setBusy(true);
    await several(left, (row) => {
      note(row, { state: 'adding' });
      return addOne(row, password).then(
        () => note(row, { state: 'added' }),
        (error: unknown) => note(row, { state: 'failed', error }),
      );
    });
    setBusy(false);
    for (const key of ['devices', 'doors', 'areas']) void queryClient.invalidateQueries({ queryKey: [key] });
  };
  return (
    <>
      <div className={people_css.padded}>
        {left.length === 0 ? (
          <p role="status">
            {t('device_list.all_there')} <Link to="/devices">{t('device_list.to_devices')}</Link>
          </p>
        ) : (
          <Form<{ password: string }>
            layout="vertical"
            requiredMark={false}
            className={css.importLogin}
            onFinish={({ password }) => void add(password)}
          >
            <Form.Item
              name="password"
              label={t('devices.password_of_devices')}
              extra={rows.some((row) => row.fingerprint === null) && t('device_list.not_compared')}
              rules={[{ required: true, message: t('devices.password_missing') }]}
            >
              <Input.Password maxLength={128} autoComplete="off" />
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t(tried > 0 ? 'device_list.again' : 'device_list.go', { count: left.length })}
            </Button>
          </Form>
        )}
        {busy && (
          <>
            <Progress percent={Math.floor((100 * (rows.length - left.length)) / rows.length)} />
            <p role="status">{t('device_list.progress', { done: tried, count: rows.length })}</p>
          </>
        )}
      </div>
      <Table<DeviceRow>
        size="small"
        rowKey="line"
        pagination={rows.length > 100 ? { pageSize: 100, showSizeChanger: false } : false}
        scroll={{ x: 'max-content' }}
        dataSource={[...rows]}
        columns={[
          { title: t('imports.line_head'), dataIndex: 'line', width: 80, className: 'num' },
          { title: t('device_columns.name'), dataIndex: 'name' },
          { title: t('device_columns.address'), className: 'num', render: (_, row) => placeOf(row) },
          { title: t('device_columns.account'), dataIndex: 'account' },
          {
            title: t('devices.state'),
            render: (_, row) => <RowResult result={results.get(row.line)} />,
          },
        ]}
      />
    </>
  );
}

function RowResult({ result }: { result: Result | undefined }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  if (!result) return null;
  if (result.state === 'failed') return <StateWord look="bad">{textOf(result.error)}</StateWord>;
  return (
    <StateWord look={result.state === 'added' ? 'good' : 'waiting'}>
      {t(`device_list.${result.state}`)}
    </StateWord>
  );
}
