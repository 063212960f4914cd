import { DownloadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Page } from './infinite';
import { usePhone } from './phone';
import { useProblemText } from './problem_text';

interface Props<T> {
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>;
  /** Hands the rows to the reader as a file. */
  save: (rows: T[]) => void;
  /** What a file may have; a longer list is not saved, and a message says so. */
  most?: number;
}

/** All of a list as a file, read page by page. A second click cancels. */
export function SaveAllButton<T>({ read, save, most = Infinity }: Props<T>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const onPhone = usePhone();
  const [done, setDone] = useState(0);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const all = useMutation({
    mutationFn: async () => {
      const { signal } = (stop.current = new AbortController());
      const rows: T[] = [];
      let cursor: string | undefined;
      setDone(0);
      do {
        const page = await read(cursor, signal);
        rows.push(...page.items);
        setDone(rows.length);
        if (rows.length > most) {
          void message.error(t('imports.file_full', { most }));
          return;
        }
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      save(rows);
    },
    onError: (error) => {
      if (!(error instanceof DOMException)) void message.error(textOf(error));
    },
  });
  return (
    <Button
      icon={<DownloadOutlined />}
      aria-label={all.isPending ? undefined : t('imports.export')}
      onClick={() => (all.isPending ? stop.current?.abort() : all.mutate())}
    >
      {all.isPending ? t('imports.exporting', { done }) : !onPhone && t('imports.export')}
    </Button>
  );
}
