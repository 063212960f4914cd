import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';

import { queryClient } from '../api/queries';
import { useProblemText } from './problem_text';

interface Props {
  title: string;
  loss?: string;
  /** Why it cannot be; then nothing is asked. */
  refusal?: string;
  /** In place of "Delete". */
  word?: string;
  remove: () => Promise<unknown>;
  /** What is to be read again; left out: everything. */
  stale?: string;
  onDone?: () => void;
}

/** Asks once, and says what will be lost. */
export function Removal({ title, loss, refusal, word, remove, stale, onDone }: Props) {
  const { t } = useTranslation();
  const { modal, notification } = App.useApp();
  const textOf = useProblemText();
  const go = () =>
    remove().then(
      () => {
        onDone?.();
        return queryClient.invalidateQueries(stale === undefined ? {} : { queryKey: [stale] });
      },
      (error: unknown) => notification.error({ message: t('common.failed'), description: textOf(error) }),
    );
  const ask = () => {
    if (refusal !== undefined) return modal.info({ title, content: refusal });
    return modal.confirm({
      title,
      content: loss,
      okText: word ?? t('common.delete'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: go,
    });
  };
  return (
    <Button danger size="small" onClick={ask}>
      {word ?? t('common.delete')}
    </Button>
  );
}
