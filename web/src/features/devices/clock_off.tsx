import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';

/** From here on schedules begin at a time that people notice. */
const worth_a_word_ms = 30_000;

/** A clock that is off, and what to do about it. */
export function ClockOff({ offset }: { offset: number | null }) {
  const { t } = useTranslation();
  if (offset === null || Math.abs(offset) < worth_a_word_ms) return null;
  const minutes = Math.max(1, Math.round(Math.abs(offset) / 60_000));
  return (
    <Alert
      type="warning"
      showIcon
      message={t(offset > 0 ? 'devices.clock_off_ahead' : 'devices.clock_off_behind', { minutes })}
      description={t('devices.clock_off_hint')}
    />
  );
}
