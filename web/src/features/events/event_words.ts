import i18next from 'i18next';
import { useTranslation } from 'react-i18next';

import type { Event } from '../../api/client';
import { detailText } from '../../ui/detail';
import { wordOf } from '../../ui/i18n';

/** What an event is, in a few words: the result, the alarm's name or the kind. */
export function headlineOf(event: Event): string {
  if (event.kind === 'access' && event.result) return wordOf('results', event.result);
  if (event.alarm !== null && event.kind === 'alarm_started') return wordOf('alarms', event.alarm);
  if (event.alarm !== null)
    return i18next.t('common.named', {
      name: wordOf('kinds', event.kind),
      value: wordOf('alarms', event.alarm),
    });
  return wordOf('kinds', event.kind);
}

/** Who it was, as far as it is known: a person, a card. */
export function whoOf(event: Event): string | null {
  if (event.person?.erased) return wordOf('former', 'erased');
  if (event.person) return event.person.name ?? event.person.user_id;
  return event.card;
}

/** Where it was: the door, or the controller for what concerns all of it. */
export function whereOf(event: Event): string {
  return event.door_name ?? event.device_name ?? '';
}

/** A controller knows the cards of those who may open one of its doors; the platform knows whose it is. */
export function isNotPermittedHere(event: Event): boolean {
  const unknown = event.kind === 'access' && event.reason === 'unknown_card';
  return unknown && event.person !== null;
}

export function useReasonText(): (event: Event) => string | null {
  const { t } = useTranslation();
  return (event) => {
    if (event.reason === null) return null;
    return isNotPermittedHere(event) ? t('events.not_permitted_here') : t(`reasons.${event.reason}`);
  };
}

/** What else a line says: the reason, or else the detail. */
export function useRemark(): (event: Event) => string | null {
  const reasonOf = useReasonText();
  return (event) => reasonOf(event) ?? (event.detail === null ? null : detailText(event.detail));
}
