import { DownloadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Person } from '../../../api/client';
import { api } from '../../../api/client';
import { answerOf } from '../../../api/problem';
import { usePersonFields } from '../../../api/queries';
import { useProblemText } from '../../../ui/problem_text';
import { usePhone } from '../../../ui/phone';
import { useZone } from '../../../ui/site';
import { useTree } from '../../organisation/trees';
import { csvOf } from './csv';
import { download } from './download';
import { sheetOf } from './columns';

const page_rows = 500;

/** The people of the list as a file that an import can read. A second click cancels. */
export function ExportButton({ filters }: { filters: { q?: string; department?: string } }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const zone = useZone();
  const onPhone = usePhone();
  const { branches } = useTree('departments');
  const fields = usePersonFields();
  const [done, setDone] = useState(0);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const save = useMutation({
    mutationFn: async () => {
      const { signal } = (stop.current = new AbortController());
      const people: Person[] = [];
      let cursor: string | undefined;
      setDone(0);
      do {
        const query = { ...filters, limit: page_rows, ...(cursor === undefined ? {} : { cursor }) };
        const page = await answerOf(api.GET('/people', { params: { query }, signal }));
        people.push(...page.items);
        setDone(people.length);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      const rows = sheetOf(people, { branches, zone, fields: fields.data ?? [] }, (group, word) =>
        String(t(`${group}.${word}` as never)),
      );
      download('people.csv', csvOf(rows));
    },
    onError: (error) => {
      if (!(error instanceof DOMException)) void message.error(textOf(error));
    },
  });
  return (
    <Button
      icon={<DownloadOutlined />}
      aria-label={save.isPending ? undefined : t('imports.export')}
      onClick={() => (save.isPending ? stop.current?.abort() : save.mutate())}
    >
      {save.isPending ? t('imports.exporting', { done }) : !onPhone && t('imports.export')}
    </Button>
  );
}
