import { App, Checkbox } from 'antd';
import type { ReactNode } from 'react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

interface Asked {
  title: string;
  /** What will happen. */
  content: ReactNode;
  /** What is ticked before the button can be pressed. */
  tick: string;
  ok: string;
  onOk: () => Promise<unknown> | void;
}

/** For what is hard to take back: say what will happen, have it ticked, and only then let it be pressed. */
export function useTwoSteps(): (asked: Asked) => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  return useCallback(
    ({ title, content, tick, ok, onOk }) => {
      const buttons = (ticked: boolean) => ({ okButtonProps: { danger: true, disabled: !ticked } });
      const shown = modal.confirm({
        title,
        content: (
          <>
            <div>{content}</div>
            <Checkbox
              style={{ marginTop: 14 }}
              onChange={(change) => shown.update(buttons(change.target.checked))}
            >
              {tick}
            </Checkbox>
          </>
        ),
        okText: ok,
        ...buttons(false),
        cancelText: t('common.cancel'),
        autoFocusButton: 'cancel',
        onOk,
      });
    },
    [modal, t],
  );
}
