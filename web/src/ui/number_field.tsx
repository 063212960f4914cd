import type { InputNumberProps } from 'antd';
import { InputNumber } from 'antd';

/** Without the two little buttons, which speak English in every language; the arrow keys do the same. */
export function NumberField(props: InputNumberProps<number>) {
  return <InputNumber<number> {...props} controls={false} />;
}
