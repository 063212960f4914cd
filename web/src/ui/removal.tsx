import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';

import { queryClient } from '../api/queries';
import { useProblemText } from './problem_text';

interface Props {
  title: string;
  loss?: string;
  remove: () => Promise<unknown>;
  /** What is to be read again; left out: everything. */
  stale?: string;
  onDone: () => void;
}

/** Asks once, and says what will be lost. */
export function Removal({ title, loss, remove, stale, onDone }: Props) {
  const { t } = useTranslation();
  const { modal, notification } = App.useApp();
  const textOf = useProblemText();
  const go = () =>
    remove().then(
      () => {
        onDone();
        return queryClient.invalidateQueries(stale === undefined ? {} : { queryKey: [stale] });
      },
      (error: unknown) => notification.error({ message: t('common.failed'), description: textOf(error) }),
    );
  return (
    <Button
      danger
      size="small"
      onClick={() =>
        modal.confirm({
          title,
          content: loss,
          okText: t('common.delete'),
          okButtonProps: { danger: true },
          cancelText: t('common.cancel'),
          autoFocusButton: 'cancel',
          onOk: go,
        })
      }
    >
      {t('common.delete')}
    </Button>
  );
}
