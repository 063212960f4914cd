import { DatePicker } from 'antd';

import { useZone } from './site';
import { fromPicker, toPicker } from './wall_picker';
import { first_minute, last_minute, takingWholeDays } from './whole_day';

const timeOf = (field: HTMLInputElement) =>
  field.getAttribute('date-range') === 'start' ? first_minute : last_minute;

interface Props {
  className?: string | undefined;
  from: string;
  to: string;
  onChange: (span: { from: string; to: string }) => void;
}

/** From one minute to another, of the site's clock. */
export function SpanPicker({ className, from, to, onChange }: Props) {
  const zone = useZone();
  return (
    <span style={{ display: 'contents' }} {...takingWholeDays(timeOf)}>
      <DatePicker.RangePicker
        {...(className === undefined ? {} : { className })}
        showTime={{ format: 'HH:mm' }}
        format="YYYY-MM-DD HH:mm"
        allowClear={false}
        separator="–"
        value={[toPicker(from, zone), toPicker(to, zone)]}
        onChange={(picked) => {
          if (picked?.[0] && picked[1]) {
            onChange({ from: fromPicker(picked[0], zone), to: fromPicker(picked[1], zone) });
          }
        }}
      />
    </span>
  );
}
