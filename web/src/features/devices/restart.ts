import { App } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { useProblemText } from '../../ui/problem_text';
import { useTwoSteps } from '../../ui/two_steps';

/** Asks in two steps, and restarts a controller. */
export function useRestart(): (device: Device) => void {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const textOf = useProblemText();
  const twoSteps = useTwoSteps();
  return useCallback(
    (device) =>
      twoSteps({
        title: t('upkeep.restart_title', { name: device.name }),
        content: t('upkeep.restart_hint', { doors: device.doors.map((door) => door.name).join(', ') }),
        tick: t('upkeep.restart_tick'),
        ok: t('upkeep.restart'),
        onOk: () =>
          answerOf(api.POST('/devices/{id}/restart', { params: { path: { id: device.id } } })).then(
            () => void message.success(t('upkeep.restart_done')),
            (error: unknown) =>
              notification.error({ message: t('upkeep.restart'), description: textOf(error) }),
          ),
      }),
    [message, notification, t, textOf, twoSteps],
  );
}
