import { DownloadOutlined, InboxOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Progress, Radio, Table, Upload } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { PeopleImport } from '../../../api/client';
import { Empty, Failure, Loading, Page, Panel } from '../../../ui/page';
import { usePersonFields } from '../../../api/queries';
import { useProblemText } from '../../../ui/problem_text';
import { useZone } from '../../../ui/site';
import { useTree } from '../../organisation/trees';
import { useMay } from '../../shell/me_context';
import css from '../people.module.css';
import type { Place, Rows } from './columns';
import { columnName, columnOfField, columnsOf, rowsOf } from './columns';
import { csvOf, Unreadable } from './csv';
import { download } from './download';
import { Faults } from './faults';
import { beginImport, handIn, rows_at_most } from './hand_in';
import { ImportProgress } from './import_progress';
import { sheetOfFile } from './sheet_file';

interface Looked extends Rows {
  name: string;
  encoding: string;
  id: string | null;
}

/** People from a file: read here, looked at by the platform, and taken when nothing is wrong. */
export default function ImportPage() {
  const { t } = useTranslation();
  const mayEdit = useMay('people', 'edit');
  const [search, setSearch] = useSearchParams();
  const tree = useTree('departments');
  const zone = useZone();
  const fields = usePersonFields();
  const place = { branches: tree.branches, zone, fields: fields.data ?? [] };
  const [lines, setLines] = useState<number[]>([]);
  const running = search.get('import');
  const again = () => setSearch({}, { replace: true });
  return (
    <Page title={t('imports.title')} actions={<Template place={place} />}>
      <div className={css.wide}>
        {!mayEdit ? (
          <Empty title={t('imports.not_allowed')} />
        ) : running !== null ? (
          <Panel className={css.padded}>
            <ImportProgress
              id={running}
              rowName={(row) => (lines[row] ? t('imports.line', { line: lines[row] }) : '')}
              onAgain={again}
            />
          </Panel>
        ) : tree.isPending || fields.isPending ? (
          <Loading />
        ) : tree.error ? (
          <Failure error={tree.error} onRetry={() => void tree.refetch()} />
        ) : (
          <Chooser
            place={place}
            onBegun={(id, rows) => {
              setLines(rows.lines);
              setSearch({ import: id }, { replace: true });
            }}
          />
        )}
      </div>
    </Page>
  );
}

function Template({ place }: { place: Place }) {
  const { t } = useTranslation();
  const example: Record<string, string> = {
    user_id: '1001',
    name: t('imports.example_name'),
    valid_to: '2030-12-31',
    cards: '04A1B2C3',
  };
  const save = () =>
    download(
      'sallyport-people.csv',
      csvOf([
        columnsOf(place).map((column) => columnName(column, place, (known) => t(`person_columns.${known}`))),
        columnsOf(place).map((column) => example[column] ?? ''),
      ]),
    );
  return (
    <Button icon={<DownloadOutlined />} onClick={save}>
      {t('imports.template')}
    </Button>
  );
}

function Chooser({ place, onBegun }: { place: Place; onBegun: (id: string, rows: Rows) => void }) {
  const { t, i18n } = useTranslation();
  const textOf = useProblemText();
  const [existing, setExisting] = useState<PeopleImport['existing']>('refuse');
  const [done, setDone] = useState<[number, number]>([0, 0]);
  const stop = useRef<AbortController | null>(null);
  const look = useMutation({
    mutationFn: async ({ file, existing }: { file: File; existing: PeopleImport['existing'] }) => {
      stop.current = new AbortController();
      setDone([0, 0]);
      const sheet = await sheetOfFile(file, i18n.language);
      const read = rowsOf(sheet, place);
      const looked: Looked = { ...read, name: file.name, encoding: sheet.encoding, id: null };
      if (read.rows.length === 0 || read.rows.length > rows_at_most) return looked;
      setDone([0, read.rows.length]);
      const handed = await handIn(
        read.rows,
        existing,
        (rows) => setDone([rows, read.rows.length]),
        stop.current.signal,
      );
      looked.id = handed.id;
      const known = new Set(read.faults.map((fault) => `${fault.line} ${fault.column}`));
      for (const fault of handed.faults) {
        const line = read.lines[fault.row]!;
        const column = columnOfField(fault.field);
        if (!known.has(`${line} ${column}`)) looked.faults.push({ ...fault, line, column, text: '' });
      }
      looked.faults.sort((a, b) => a.line - b.line);
      return looked;
    },
  });
  const begin = useMutation({
    mutationFn: async (looked: Looked) => {
      await beginImport(looked.id!);
      return looked;
    },
    onSuccess: (looked) => onBegun(looked.id!, looked),
  });
  const file = look.variables?.file;
  const choose = (wanted: PeopleImport['existing']) => {
    setExisting(wanted);
    if (file && !look.isPending) look.mutate({ file, existing: wanted });
  };

  return (
    <>
      <Panel className={css.padded}>
        <Upload.Dragger
          accept=".csv,.tsv,.txt,.xlsx"
          showUploadList={false}
          disabled={look.isPending}
          beforeUpload={(chosen: File) => {
            begin.reset();
            look.mutate({ file: chosen, existing });
            return false;
          }}
        >
          <p className={css.drop}>
            <InboxOutlined />
          </p>
          <p>{t('imports.choose')}</p>
          <p className="quiet">{t('imports.choose_hint')}</p>
        </Upload.Dragger>
        <div className={css.existing}>
          <span id="existing">{t('imports.existing')}</span>
          <Radio.Group
            aria-labelledby="existing"
            disabled={look.isPending}
            value={existing}
            onChange={({ target }) => choose(target.value as PeopleImport['existing'])}
            options={[
              { value: 'refuse', label: t('imports.existing_refuse') },
              { value: 'change', label: t('imports.existing_change') },
            ]}
          />
        </div>
      </Panel>
      {look.isPending ? (
        <Panel className={css.padded}>
          <div className={css.running}>
            <Progress percent={done[1] === 0 ? 0 : Math.floor((100 * done[0]) / done[1])} />
            <p role="status">{t('imports.looking', { done: done[0], rows: done[1] })}</p>
            <Button onClick={() => stop.current?.abort()}>{t('common.cancel')}</Button>
          </div>
        </Panel>
      ) : look.error instanceof DOMException ? null : look.error ? (
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
      ) : (
        look.data && (
          <Preview
            looked={look.data}
            place={place}
            begin={() => begin.mutate(look.data)}
            isBeginning={begin.isPending}
            error={begin.error}
          />
        )
      )}
    </>
  );
}

interface PreviewProps {
  looked: Looked;
  place: Place;
  begin: () => void;
  isBeginning: boolean;
  error: unknown;
}

function Preview({ looked, place, begin, isBeginning, error }: PreviewProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const rows = looked.rows.length;
  const tooMany = rows > rows_at_most;
  const isGood = looked.faults.length === 0 && rows > 0 && !tooMany;
  return (
    <Panel title={looked.name}>
      <div className={css.padded}>
        {tooMany ? (
          <Alert type="error" showIcon role="alert" message={t('imports.too_many', { most: rows_at_most })} />
        ) : rows === 0 && looked.faults.length === 0 ? (
          <Alert type="warning" showIcon role="alert" message={t('imports.no_rows')} />
        ) : isGood ? (
          <Alert type="success" showIcon role="status" message={t('imports.good', { count: rows })} />
        ) : (
          <Alert
            type="error"
            showIcon
            role="alert"
            message={t('imports.faulty', { count: looked.faults.length })}
            description={t('imports.faulty_hint')}
          />
        )}
        {looked.ignored.length > 0 && (
          <p className={css.note}>{t('imports.ignored', { columns: looked.ignored.join(', ') })}</p>
        )}
        {!['xlsx', 'utf-8'].includes(looked.encoding) && (
          <p className={css.note}>{t('imports.encoding', { encoding: looked.encoding })}</p>
        )}
        {Boolean(error) && <Alert type="error" showIcon role="alert" message={textOf(error)} />}
        {isGood && (
          <Button type="primary" loading={isBeginning} onClick={begin} className={css.go}>
            {t('imports.begin', { count: rows })}
          </Button>
        )}
      </div>
      {looked.faults.length > 0 ? (
        <Faults
          faults={looked.faults}
          columnName={(column) => columnName(column, place, (known) => t(`person_columns.${known}`))}
        />
      ) : (
        isGood && <FirstRows looked={looked} />
      )}
    </Panel>
  );
}

const first_rows = 5;

function FirstRows({ looked }: { looked: Looked }) {
  const { t } = useTranslation();
  const shown = (['user_id', 'name', 'department', 'cards', 'valid_to'] as const).filter((column) =>
    looked.found.includes(column),
  );
  const { branches } = useTree('departments');
  const textOf = (row: Rows['rows'][number], column: (typeof shown)[number]) => {
    if (column === 'department') return branches.find((branch) => branch.id === row.department_id)?.path;
    if (column === 'cards') return row.cards?.map((card) => card.number).join(' ');
    return row[column];
  };
  return (
    <Table<Rows['rows'][number] & { key: number }>
      size="small"
      pagination={false}
      scroll={{ x: 'max-content' }}
      dataSource={looked.rows.slice(0, first_rows).map((row, key) => ({ ...row, key }))}
      columns={shown.map((column) => ({
        title: t(`person_columns.${column}`),
        render: (_, row) => textOf(row, column) ?? '–',
      }))}
    />
  );
}
