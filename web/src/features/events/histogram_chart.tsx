import type { PointerEvent } from 'react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Histogram } from '../../api/client';
import { useZone } from '../../ui/site';
import { clockText, shortDate, shortTime, wallOf } from '../../ui/time';
import css from './events.module.css';

interface Props {
  histogram: Histogram | undefined;
  onZoom: (from: string, to: string) => void;
}

const parts = ['granted', 'denied', 'alarms', 'others'] as const;
const labels_shown = 6;

/** Events over the range; drag over it to look closer. */
export function HistogramChart({ histogram, onZoom }: Props) {
  const { t, i18n } = useTranslation();
  const zone = useZone();
  const plot = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const items = histogram?.items ?? [];
  const highest = Math.max(1, ...items.map((item) => parts.reduce((sum, part) => sum + item[part], 0)));
  const endOf = (index: number) => items[index + 1]?.at ?? histogram?.to ?? '';
  const timeText = (at: string) => shortTime(new Date(at), zone, i18n.language);

  const indexAt = (pointer: PointerEvent) => {
    const box = plot.current!.getBoundingClientRect();
    const share = (pointer.clientX - box.left) / box.width;
    return Math.min(items.length - 1, Math.max(0, Math.floor(share * items.length)));
  };
  const finish = () => {
    if (drag) {
      const [first, last] = [Math.min(...drag), Math.max(...drag)];
      if (items[first]) onZoom(items[first].at, endOf(last));
    }
    setDrag(null);
  };
  const totals = parts.map((part) => items.reduce((sum, item) => sum + item[part], 0));

  return (
    <section className={css.chart} aria-label={t('events.chart')}>
      <ul className={css.legend}>
        {parts.map((part, index) => (
          <li key={part} className={css[`key_${part}`]}>
            <i />
            {part === 'granted' || part === 'denied' ? t(`results.${part}`) : t(`events.${part}`)}
            <b className="num">{totals[index]!.toLocaleString(i18n.language)}</b>
          </li>
        ))}
      </ul>
      <div
        ref={plot}
        className={css.plot}
        onPointerDown={(pointer) => {
          if (items.length === 0 || pointer.button !== 0) return;
          plot.current?.setPointerCapture(pointer.pointerId);
          setDrag([indexAt(pointer), indexAt(pointer)]);
        }}
        onPointerMove={(pointer) => drag && setDrag([drag[0], indexAt(pointer)])}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {items.map((item, index) => {
          const inside = drag !== null && index >= Math.min(...drag) && index <= Math.max(...drag);
          const text = t('events.chart_bar', {
            ...item,
            from: timeText(item.at),
            to: timeText(endOf(index)),
          });
          return (
            <div key={item.at} className={`${css.bucket} ${inside ? css.inside : ''}`} title={text}>
              {parts.map(
                (part) =>
                  item[part] > 0 && (
                    <i
                      key={part}
                      className={css[part]}
                      style={{ height: `${(item[part] / highest) * 100}%` }}
                    />
                  ),
              )}
            </div>
          );
        })}
        <span className={`${css.highest} num`} aria-hidden>
          {highest}
        </span>
      </div>
      {histogram && <Axis from={histogram.from} to={histogram.to} zone={zone} language={i18n.language} />}
    </section>
  );
}

function Axis({ from, to, zone, language }: { from: string; to: string; zone: string; language: string }) {
  const [start, end] = [new Date(from).getTime(), new Date(to).getTime()];
  const days = (end - start) / 86_400_000;
  const texts = Array.from({ length: labels_shown }, (_, index) => {
    const wall = wallOf(new Date(start + ((end - start) * index) / labels_shown), zone);
    const date = shortDate(wall, language, wall.year);
    if (days > 3) return date;
    return days > 1.2 ? `${date} ${clockText(wall).slice(0, 5)}` : clockText(wall).slice(0, 5);
  });
  return (
    <div className={css.axis} aria-hidden>
      {texts.map((text, index) => (
        <span key={index} className="num">
          {text}
        </span>
      ))}
    </div>
  );
}
