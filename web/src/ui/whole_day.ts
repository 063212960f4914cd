import type { FocusEvent, KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';

export const first_minute = '00:00';
export const last_minute = '23:59';

const only_day = /^\s*\d{4}-\d{2}-\d{2}\s*$/;

/** As fingers would, so that the picker reads it. */
function typeInto(field: HTMLInputElement, text: string) {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/**
 * For what is around a picker of minutes: a day that was typed without a time, which the picker would drop,
 * is given the time `timeOf` its field when it is left or taken with Enter. The picker must not see that
 * before: hence while the event is on its way down.
 */
export function takingWholeDays(timeOf: (field: HTMLInputElement) => string) {
  const complete = (target: EventTarget) => {
    if (!(target instanceof HTMLInputElement) || !only_day.test(target.value)) return;
    flushSync(() => typeInto(target, `${target.value.trim()} ${timeOf(target)}`));
  };
  return {
    onBlurCapture: ({ target }: FocusEvent) => complete(target),
    onKeyDownCapture: ({ key, target }: KeyboardEvent) => key === 'Enter' && complete(target),
  };
}
