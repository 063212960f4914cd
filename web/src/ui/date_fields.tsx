import type { DatePickerProps } from 'antd';
import { DatePicker } from 'antd';
import dayjs from 'dayjs';

import { useClear } from './search_field';
import { first_minute, last_minute, takingWholeDays } from './whole_day';

function Field({ onChange, ...rest }: DatePickerProps) {
  const clear = useClear();
  const emptied = (field: HTMLInputElement) => {
    if (rest.value && field.value === '') onChange?.(null as never, '');
  };
  return (
    // Around the picker, which gives an emptied field its date back and lets Enter save the form. What
    // happens in its calendar comes by here as well.
    <span
      style={{ display: 'contents' }}
      onBlur={({ target }) => target instanceof HTMLInputElement && emptied(target)}
      onKeyDown={(press) => {
        if (press.key !== 'Enter' || !(press.target instanceof HTMLInputElement)) return;
        press.preventDefault();
        emptied(press.target);
      }}
    >
      <DatePicker allowClear={clear} style={{ width: '100%' }} {...rest} {...(onChange && { onChange })} />
    </span>
  );
}

interface DateTimeProps extends DatePickerProps {
  /** Of a day without a time the first minute is meant where something begins, the last where it ends. */
  edge: 'begins' | 'ends';
}

export function DateTimeField({ edge, ...rest }: DateTimeProps) {
  return (
    <span
      style={{ display: 'contents' }}
      {...takingWholeDays(() => (edge === 'begins' ? first_minute : last_minute))}
    >
      <Field showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" {...rest} />
    </span>
  );
}

interface TextProps extends Pick<DatePickerProps, 'id' | 'disabled' | 'aria-label'> {
  /** Empty: none. */
  value?: string | undefined;
  onChange?: (value: string) => void;
}

const day_format = 'YYYY-MM-DD';

/** A day as the contract writes it: "2026-03-29". */
export function DateField({ value, onChange, ...rest }: TextProps) {
  return (
    <Field
      {...rest}
      format={day_format}
      value={value ? dayjs(value) : null}
      onChange={(picked) => onChange?.(picked ? (picked as dayjs.Dayjs).format(day_format) : '')}
    />
  );
}

/** A time of day as the contract writes it: "08:30". */
export function TimeField({ value, onChange, ...rest }: TextProps) {
  return (
    <Field
      {...rest}
      picker="time"
      format="HH:mm"
      value={value ? dayjs(`2000-01-01T${value}`) : null}
      onChange={(picked) => onChange?.(picked ? (picked as dayjs.Dayjs).format('HH:mm') : '')}
    />
  );
}
