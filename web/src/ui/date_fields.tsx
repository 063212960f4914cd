import type { DatePickerProps } from 'antd';
import { DatePicker } from 'antd';

import { useClear } from './search_field';

export function DateField(props: DatePickerProps) {
  return <DatePicker format="YYYY-MM-DD" allowClear={useClear()} {...props} />;
}

export function DateTimeField(props: DatePickerProps) {
  return <DateField showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" {...props} />;
}
