import { useMutation } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Door } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { settingText } from '../../ui/detail';
import { wordOf } from '../../ui/i18n';
import { useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './devices.module.css';

type Decision = 'adopt' | 'put_back';

function valueText(member: string, value: unknown): string {
  if (member === 'detector') return settingText(member, value === true ? 'on' : 'off');
  return settingText(member, String(value));
}

/** What somebody set at the controller's keypad, beside what is wanted here, until one of them is chosen. */
export function KeypadChanges({ door }: { door: Door }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const mayEdit = useMay('doors', 'edit');
  const settle = useMutation({
    mutationFn: (decision: Decision) =>
      answerOf(
        api.POST('/doors/{id}/keypad-changes', { params: { path: { id: door.id } }, body: { decision } }),
      ),
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['doors'] });
      void queryClient.invalidateQueries({ queryKey: ['devices'] });
    },
  });
  if (door.at_keypad === null) return null;
  const button = (decision: Decision, type: 'primary' | 'default') => (
    <Button
      size="small"
      type={type}
      loading={settle.isPending && settle.variables === decision}
      disabled={settle.isPending}
      onClick={() => settle.mutate(decision)}
    >
      {t(`devices.at_keypad_${decision}`)}
    </Button>
  );
  return (
    <Alert
      className={css.keypad}
      type="warning"
      showIcon
      message={t('devices.at_keypad', { door: door.name })}
      description={
        <>
          <ul>
            {Object.entries(door.at_keypad).map(([member, value]) => (
              <li key={member}>
                {t('devices.at_keypad_line', {
                  setting: wordOf('setting_names', member),
                  there: valueText(member, value),
                  here: valueText(member, door.settings[member as keyof Door['settings']]),
                })}
              </li>
            ))}
          </ul>
          <p>{t('devices.at_keypad_hint')}</p>
          {!door.state.online && <p>{t('devices.at_keypad_offline')}</p>}
          {settle.error && <p role="alert">{textOf(settle.error)}</p>}
          {mayEdit && (
            <div className={css.keypadButtons}>
              {button('adopt', 'primary')}
              {button('put_back', 'default')}
            </div>
          )}
        </>
      }
    />
  );
}
