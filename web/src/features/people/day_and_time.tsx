import { Input, Space } from 'antd';
import { useTranslation } from 'react-i18next';

interface Props {
  id?: string;
  /** "2026-03-29" or "2026-03-29T08:30", as the clocks of the site show it; empty: none. */
  value?: string;
  onChange?: (value: string) => void;
}

/** A day, and the time of it where somebody knows that. */
export function DayAndTime({ id, value = '', onChange }: Props) {
  const { t } = useTranslation();
  const [day = '', time = ''] = value.split('T');
  const put = (newDay: string, newTime: string) =>
    onChange?.(newDay !== '' && newTime !== '' ? `${newDay}T${newTime}` : newDay);
  return (
    <Space.Compact block>
      <Input
        id={id}
        type="date"
        className="num"
        max="9999-12-31"
        value={day}
        onChange={(change) => put(change.target.value, time)}
      />
      <Input
        type="time"
        className="num"
        aria-label={t('people.time_of_day')}
        value={time}
        disabled={day === ''}
        onChange={(change) => put(day, change.target.value)}
      />
    </Space.Compact>
  );
}
