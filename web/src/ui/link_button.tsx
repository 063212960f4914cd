import type { ButtonProps } from 'antd';
import { Button } from 'antd';
import { useHref, useLinkClickHandler } from 'react-router-dom';

/** A link that looks like a button: one stop of Tab, where a button in a link would be two. */
export function LinkButton({ to, ...rest }: Omit<ButtonProps, 'href' | 'onClick'> & { to: string }) {
  return <Button {...rest} href={useHref(to)} onClick={useLinkClickHandler<HTMLElement>(to) as never} />;
}
