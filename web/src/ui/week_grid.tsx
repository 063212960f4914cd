import { Input } from 'antd';
import type { KeyboardEvent, PointerEvent } from 'react';
import { Fragment, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { DayCopy } from './day_copy';
import type { Brush, Day, Week } from './week';
import { briefOf, day_names, day_s, holds, paintedWeek, spansFrom, spansText } from './week';
import css from './week_grid.module.css';

const cell_s = 1800;
const cells = day_s / cell_s;
const hours_shown = [0, 3, 6, 9, 12, 15, 18, 21, 24];

interface Place {
  day: number;
  cell: number;
}
interface Stroke {
  from: Place;
  to: Place;
  brush: Brush;
}

interface Props {
  value: Week;
  onChange: (week: Week) => void;
  disabled?: boolean;
}

const brushAt = (week: Week, place: Place): Brush =>
  holds(week[place.day]!, place.cell * cell_s) ? 'clear' : 'fill';

function strokeOn(week: Week, { from, to, brush }: Stroke): Week {
  const [first, last] = from.cell <= to.cell ? [from.cell, to.cell] : [to.cell, from.cell];
  return paintedWeek(week, [from.day, to.day], first * cell_s, (last + 1) * cell_s, brush);
}

/** Hours of a week, painted with the mouse, a finger or the keyboard, or typed to the second. */
export function WeekGrid({ value, onChange, disabled = false }: Props) {
  const { t } = useTranslation();
  const [stroke, setStroke] = useState<Stroke | null>(null);
  const [cursor, setCursor] = useState<Place>({ day: 0, cell: 16 });
  const grid = useRef<HTMLDivElement>(null);
  const shown = stroke ? strokeOn(value, stroke) : value;

  const placeOf = (pointer: PointerEvent): Place | null => {
    const under = document
      .elementFromPoint(pointer.clientX, pointer.clientY)
      ?.closest<HTMLElement>('[data-cell]');
    return under ? { day: Number(under.dataset.day), cell: Number(under.dataset.cell) } : null;
  };
  const down = (pointer: PointerEvent) => {
    const place = placeOf(pointer);
    if (disabled || place === null || pointer.button !== 0) return;
    pointer.preventDefault();
    grid.current?.setPointerCapture(pointer.pointerId);
    setCursor(place);
    setStroke({ from: place, to: place, brush: brushAt(value, place) });
  };
  const move = (pointer: PointerEvent) => {
    const place = stroke && placeOf(pointer);
    if (stroke && place) setStroke({ ...stroke, to: place });
  };
  const up = () => {
    if (stroke) onChange(strokeOn(value, stroke));
    setStroke(null);
  };

  const key = (press: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Home: [0, -cells],
      End: [0, cells],
    };
    const step = steps[press.key];
    if (step) {
      press.preventDefault();
      const day = Math.min(6, Math.max(0, cursor.day + step[0]));
      const cell = Math.min(cells - 1, Math.max(0, cursor.cell + step[1]));
      const next = { day, cell };
      if (press.shiftKey && !disabled) {
        const brush = brushAt(value, cursor) === 'clear' ? 'fill' : 'clear';
        onChange(strokeOn(value, { from: cursor, to: next, brush }));
      }
      setCursor(next);
      grid.current?.querySelector<HTMLElement>(`[data-day="${day}"][data-cell="${cell}"]`)?.focus();
    } else if (press.key === ' ' && !disabled) {
      press.preventDefault();
      onChange(strokeOn(value, { from: cursor, to: cursor, brush: brushAt(value, cursor) }));
    }
  };

  return (
    <div className={css.week}>
      <div
        ref={grid}
        className={`${css.grid} ${disabled ? css.disabled : ''}`}
        role="group"
        aria-label={t('week.grid')}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => setStroke(null)}
        onKeyDown={key}
      >
        <span />
        <div className={css.hours} aria-hidden>
          {hours_shown.map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }} className="num">
              {hour}
            </span>
          ))}
        </div>
        <span className={css.exactHead}>{t('week.exact')}</span>
        {shown.map((day, index) => (
          <Fragment key={day_names[index]}>
            <div className={css.day}>
              <span>{t(`week.short.${day_names[index]!}`)}</span>
              {!disabled && <DayCopy week={value} day={index} onChange={onChange} />}
            </div>
            <Track day={index} spans={day} cursor={cursor.day === index ? cursor.cell : null} />
            <Exact
              day={index}
              spans={value[index]!}
              disabled={disabled}
              onChange={(spans) => onChange(value.map((other, at) => (at === index ? spans : other)))}
            />
          </Fragment>
        ))}
      </div>
      {!disabled && <p className={css.help}>{t('week.help')}</p>}
    </div>
  );
}

function Track({ day, spans, cursor }: { day: number; spans: Day; cursor: number | null }) {
  const { t } = useTranslation();
  const name = t(`week.days.${day_names[day]!}`);
  return (
    <div className={css.track} role="group" aria-label={name}>
      {spans.map((span) => (
        <i
          key={span.from}
          className={css.bar}
          style={{
            left: `${(span.from / day_s) * 100}%`,
            width: `${((span.to - span.from) / day_s) * 100}%`,
          }}
        />
      ))}
      {Array.from({ length: cells }, (_, cell) => {
        const state = holds(spans, cell * cell_s);
        return (
          <span
            key={cell}
            role="checkbox"
            data-day={day}
            data-cell={cell}
            tabIndex={cursor === cell ? 0 : -1}
            aria-checked={state}
            aria-label={t('week.cell', {
              day: name,
              from: briefOf(cell * cell_s),
              to: briefOf((cell + 1) * cell_s),
              state: t(state ? 'week.allowed' : 'week.not_allowed'),
            })}
            className={`${css.cell} ${cell % 6 === 0 ? css.third : cell % 2 === 0 ? css.hour : ''}`}
          />
        );
      })}
    </div>
  );
}

interface ExactProps {
  day: number;
  spans: Day;
  disabled: boolean;
  onChange: (spans: Day) => void;
}

/** The same times as text; what cannot be read stays as typed, with the reason. */
function Exact({ day, spans, disabled, onChange }: ExactProps) {
  const { t } = useTranslation();
  const told = spansText(spans);
  const [typed, setTyped] = useState(told);
  const wrong = spansFrom(typed) === null;
  useEffect(() => setTyped(told), [told]);
  const take = () => {
    const read = spansFrom(typed);
    if (read !== null) {
      setTyped(spansText(read));
      onChange(read);
    }
  };
  return (
    <div className={css.exact}>
      <Input
        size="small"
        className="num"
        value={typed}
        disabled={disabled}
        status={wrong ? 'error' : ''}
        placeholder="–"
        aria-label={t('week.exact_day', { day: t(`week.days.${day_names[day]!}`) })}
        aria-invalid={wrong}
        title={t('week.exact_hint')}
        onChange={(change) => setTyped(change.target.value)}
        onBlur={take}
        onPressEnter={(press) => {
          press.preventDefault();
          take();
        }}
      />
      {wrong && (
        <p className={css.wrong} role="alert">
          {t('week.exact_bad')}
        </p>
      )}
    </div>
  );
}
