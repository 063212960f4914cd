import { useTranslation } from 'react-i18next';

import type { Person } from '../../../api/client';
import { api } from '../../../api/client';
import { answerOf } from '../../../api/problem';
import { usePersonFields } from '../../../api/queries';
import { SaveAllButton } from '../../../ui/save_all_button';
import { useZone } from '../../../ui/site';
import { useTree } from '../../organisation/trees';
import { csvOf } from './csv';
import { download } from './download';
import { sheetOf } from './columns';

const page_rows = 500;

/** The people of the list as a file that an import can read. */
export function ExportButton({ filters }: { filters: { q?: string; department?: string } }) {
  const { t } = useTranslation();
  const zone = useZone();
  const { branches } = useTree('departments');
  const fields = usePersonFields();
  return (
    <SaveAllButton<Person>
      read={(cursor, signal) => {
        const query = { ...filters, limit: page_rows, ...(cursor === undefined ? {} : { cursor }) };
        return answerOf(api.GET('/people', { params: { query }, signal }));
      }}
      save={(people) => {
        const rows = sheetOf(people, { branches, zone, fields: fields.data ?? [] }, (group, word) =>
          String(t(`${group}.${word}` as never)),
        );
        download('people.csv', csvOf(rows));
      }}
    />
  );
}
