import { Table } from 'antd';
import { useTranslation } from 'react-i18next';

import { fieldText } from '../../../ui/problem_text';
import css from '../people.module.css';

const faults_shown = 500;

/** Wrong in a file; the code is a word of `imports.faults` or a field's of the contract. */
export interface LineFault<Column extends string> {
  line: number;
  column: Column | null;
  code: string;
  message: string;
  text: string;
}

interface Props<Column extends string> {
  faults: readonly LineFault<Column>[];
  columnName: (column: Column) => string;
}

/** What is wrong with a file, line by line. */
export function Faults<Column extends string>({ faults, columnName }: Props<Column>) {
  const { t, i18n } = useTranslation();
  const wordsOf = (fault: LineFault<Column>) => {
    const own = `imports.faults.${fault.code}`;
    const said = i18n.exists(own)
      ? t(own as 'imports.faults.date', { text: fault.text })
      : fieldText({ field: '', code: fault.code as 'taken', message: fault.message });
    return String(said);
  };
  return (
    <>
      <Table<LineFault<Column> & { key: number }>
        size="small"
        pagination={false}
        scroll={{ x: 'max-content' }}
        dataSource={faults.slice(0, faults_shown).map((fault, key) => ({ ...fault, key }))}
        columns={[
          { title: t('imports.line_head'), dataIndex: 'line', width: 80, className: 'num' },
          {
            title: t('imports.column_head'),
            width: 170,
            render: (_, fault) => (fault.column === null ? '–' : columnName(fault.column)),
          },
          { title: t('imports.fault_head'), render: (_, fault) => wordsOf(fault) },
        ]}
      />
      {faults.length > faults_shown && (
        <p className={css.quietBox}>{t('imports.more_faults', { count: faults.length - faults_shown })}</p>
      )}
    </>
  );
}
