import AntdIcon from '@ant-design/icons/es/components/AntdIcon';
import type { ComponentProps } from 'react';
import { forwardRef } from 'react';

/**
 * What every icon is drawn with, those of Ant Design included (vite.config.ts puts it there): a picture
 * beside a word, so that it has no part in a name, unless it was given one of its own. Otherwise its English
 * file name were part of it.
 */
const Icon = forwardRef<HTMLSpanElement, ComponentProps<typeof AntdIcon>>(function Icon(props, ref) {
  return <AntdIcon aria-hidden={props['aria-label'] === undefined} {...props} ref={ref} />;
});
export default Icon;
