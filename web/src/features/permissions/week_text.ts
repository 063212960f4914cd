import { useTranslation } from 'react-i18next';

import type { TimeTemplate } from '../../api/client';
import type { Week } from '../../ui/week';
import { briefOf, day_names, day_s, runsOf, weekFrom } from '../../ui/week';

/** A week in words: "Mon–Fri 08:00–18:00, Sat 09:00–12:00". */
export function useWeekText(): (template: Pick<TimeTemplate, 'week'> | Week) => string {
  const { t } = useTranslation();
  return (source) => {
    const week = 'week' in source ? weekFrom(source.week) : source;
    const runs = runsOf(week);
    if (runs.length === 0) return t('week.never');
    const texts = runs.map(({ first, last, spans }) => {
      const from = t(`week.short.${day_names[first]!}`);
      const to = t(`week.short.${day_names[last]!}`);
      const days = first === last ? from : t('week.days_to', { from, to });
      const whole = spans.length === 1 && spans[0]!.from === 0 && spans[0]!.to === day_s;
      if (whole && first === 0 && last === 6) return t('common.always');
      const times = spans.map((span) => `${briefOf(span.from)}–${briefOf(span.to)}`).join(', ');
      return `${days} ${whole ? t('week.all_day') : times}`;
    });
    return texts.join('; ');
  };
}
