import { Space } from 'antd';
import { useTranslation } from 'react-i18next';

import { DateField, TimeField } from '../../ui/date_fields';

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
      <DateField {...(id === undefined ? {} : { id })} value={day} onChange={(picked) => put(picked, time)} />
      <TimeField
        aria-label={t('people.time_of_day')}
        value={time}
        {...(day === '' ? { disabled: true } : {})}
        onChange={(picked) => put(day, picked)}
      />
    </Space.Compact>
  );
}
