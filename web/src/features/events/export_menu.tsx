import { CloseOutlined, DownloadOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Badge, Button, Popover, Progress } from 'antd';
import { useTranslation } from 'react-i18next';

import type { EventExport } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { wordOf } from '../../ui/i18n';
import { usePhone } from '../../ui/phone';
import { useProblemText } from '../../ui/problem_text';
import { useTimeText } from '../../ui/site';
import css from './events.module.css';
import type { queryOf } from './filters';

const formats = ['csv', 'xlsx', 'pdf'] as const;
type Query = ReturnType<typeof queryOf>;

const goes_on = (one: EventExport) => one.state === 'waiting' || one.state === 'running';
const renew = () => queryClient.invalidateQueries({ queryKey: ['exports'] });

/** What the platform calls things in the file: the words of this page. */
function useExportWords(): (query: Query) => Record<string, string> {
  const { t } = useTranslation();
  const timeText = useTimeText();
  return (query) => {
    const words: Record<string, string> = {
      about: `${timeText(query.from)} – ${timeText(query.to)}`,
      'columns.title': t('pages.events'),
    };
    for (const group of ['kinds', 'results', 'reasons', 'alarms', 'methods', 'directions'] as const) {
      const all: Record<string, string> = t(group, { returnObjects: true });
      for (const [name, word] of Object.entries(all)) words[`${group}.${name}`] = word;
    }
    for (const [name, word] of Object.entries(t('export.columns', { returnObjects: true }))) {
      words[`columns.${name}`] = word;
    }
    return words;
  };
}

/** Files of what the search finds: made by the platform, and found again here until they are fetched. */
export function ExportMenu({ query }: { query: Query }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const onPhone = usePhone();
  const textOf = useProblemText();
  const wordsFor = useExportWords();
  const exports = useQuery({
    queryKey: ['exports'],
    queryFn: async () => (await answerOf(api.GET('/events/exports'))).items,
    refetchInterval: (state) => (state.state.data?.some(goes_on) ? 1000 : false),
  });
  const begin = useMutation({
    mutationFn: (format: (typeof formats)[number]) =>
      answerOf(api.POST('/events/exports', { params: { query }, body: { format, words: wordsFor(query) } })),
    onSettled: renew,
    onError: (error) => void message.error(textOf(error)),
  });
  const all = exports.data ?? [];
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('export.title')}
      content={
        <div className={css.exports}>
          <p className="quiet">{t('export.hint')}</p>
          <div className={css.formats}>
            {formats.map((format) => (
              <Button key={format} disabled={begin.isPending} onClick={() => begin.mutate(format)}>
                {t(`export.formats.${format}`)}
              </Button>
            ))}
          </div>
          {all.length > 0 && (
            <ul aria-label={t('export.list')}>
              {all.map((one) => (
                <Line key={one.id} one={one} />
              ))}
            </ul>
          )}
        </div>
      }
    >
      <Badge count={all.length} size="small" color="var(--accent-fill)">
        <Button icon={<DownloadOutlined />} aria-label={t('export.open')}>
          {!onPhone && t('export.open')}
        </Button>
      </Badge>
    </Popover>
  );
}

function Line({ one }: { one: EventExport }) {
  const { t } = useTranslation();
  const timeText = useTimeText();
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/events/exports/{id}', { params: { path: { id: one.id } } })),
    onSettled: renew,
  });
  const name = `${t(`export.formats.${one.format}`)} ${timeText(one.began_at)}`;
  const end = t(goes_on(one) ? 'export.cancel' : 'export.remove', { name });
  return (
    <li>
      <div>
        <div>{name}</div>
        {goes_on(one) ? (
          <Progress
            size="small"
            aria-label={name}
            percent={one.total ? Math.floor((100 * one.rows) / one.total) : 0}
          />
        ) : one.problem ? (
          <div className={css.failed}>{wordOf('export.problems', one.problem.code)}</div>
        ) : (
          <div className="quiet num">{t('export.rows', { count: one.rows })}</div>
        )}
      </div>
      {one.state === 'done' && (
        <Button
          size="small"
          type="primary"
          icon={<DownloadOutlined />}
          href={`/api/v1/events/exports/${one.id}/file`}
          aria-label={t('export.save', { name })}
          download
        />
      )}
      <Button
        size="small"
        type="text"
        icon={<CloseOutlined />}
        aria-label={end}
        onClick={() => remove.mutate()}
      />
    </li>
  );
}
