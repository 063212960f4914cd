// A dense table that stays quick with any number of rows: only the visible ones exist.
import { useVirtualizer } from '@tanstack/react-virtual';
import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useId, useRef, useState } from 'react';

import { usePhone } from './phone';
import css from './virtual_table.module.css';

export interface Column<T> {
  key: string;
  title: string;
  /** A track of CSS grid, such as 90px or minmax(120px, 1fr). */
  width: string;
  render: (row: T) => ReactNode;
}

/** How much is drawn above and below what is seen, px. */
const drawn_beyond = 300;

/** Of the row of titles with its line, px. */
const head_height = 35;

interface Props<T> {
  label: string;
  columns: Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** What a row looks like where there is no room for columns. */
  phone: (row: T) => ReactNode;
  phoneHeight?: number;
  selected?: string | null;
  onOpen?: (row: T) => void;
  onEnd?: () => void;
  header?: 'shown' | 'hidden';
  rowHeight?: number;
  footer?: ReactNode;
  /** As high as its rows, until it is as high as this and scrolls; without: as high as there is room. */
  atMost?: string;
}

export function VirtualTable<T>({
  label,
  columns,
  rows,
  keyOf,
  phone,
  phoneHeight = 58,
  selected = null,
  onOpen,
  onEnd,
  header = 'shown',
  rowHeight = 36,
  footer,
  atMost,
}: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const onPhone = usePhone();
  const [cursor, setCursor] = useState<number | null>(null);
  const id = useId();
  const height = onPhone ? phoneHeight : rowHeight;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: Math.ceil(drawn_beyond / height),
    getItemKey: (index) => keyOf(rows[index]!),
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    if (onEnd && rows.length > 0 && lastIndex >= rows.length - 20) onEnd();
  }, [lastIndex, rows.length, onEnd]);

  const onKey = (press: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = steps[press.key];
    if (step !== undefined) {
      press.preventDefault();
      const next = Math.min(rows.length - 1, Math.max(0, (cursor ?? (step > 0 ? -1 : 0)) + step));
      setCursor(next);
      virtual.scrollToIndex(next);
      if (selected !== null && rows[next] !== undefined) onOpen?.(rows[next]);
    } else if (
      (press.key === 'Enter' || press.key === ' ') &&
      cursor !== null &&
      rows[cursor] !== undefined
    ) {
      press.preventDefault();
      onOpen?.(rows[cursor]);
    }
  };

  const headHeight = header === 'shown' && !onPhone ? head_height : 0;
  const fitted = atMost !== undefined && {
    flex: 'none',
    height: `min(${atMost}, ${headHeight + rows.length * height}px)`,
  };
  const scrolls = virtual.getTotalSize() > (virtual.scrollRect?.height ?? 0);
  const shape = [css.table, fitted && css.fitted, scrolls && css.scrolls].filter(Boolean).join(' ');
  const tracks = columns.map((column) => column.width).join(' ');
  const rowId = (index: number) => `${id}-${index}`;
  return (
    <div
      className={shape}
      style={fitted || undefined}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length}
    >
      {headHeight > 0 && (
        <div className={css.head} role="row" style={{ gridTemplateColumns: tracks }}>
          {columns.map((column) => (
            <div key={column.key} role="columnheader" className="cut">
              {column.title}
            </div>
          ))}
        </div>
      )}
      <div
        ref={scroller}
        className={css.scroll}
        role="rowgroup"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={cursor === null ? undefined : rowId(cursor)}
        onKeyDown={onKey}
        onBlur={() => setCursor(null)}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const row = rows[item.index]!;
            const isSelected = selected === keyOf(row);
            const isCursor = cursor === item.index;
            const classes = [
              css.row,
              isSelected && css.selected,
              isCursor && css.cursor,
              onOpen && css.opens,
            ];
            return (
              <div
                key={item.key}
                id={rowId(item.index)}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={isSelected}
                className={classes.filter(Boolean).join(' ')}
                style={{
                  height,
                  transform: `translateY(${item.start}px)`,
                  gridTemplateColumns: onPhone ? '1fr' : tracks,
                }}
                onClick={() => {
                  setCursor(item.index);
                  onOpen?.(row);
                }}
              >
                {onPhone ? (
                  <div role="gridcell" className={css.phone}>
                    {phone(row)}
                  </div>
                ) : (
                  columns.map((column) => (
                    <div key={column.key} role="gridcell" className="cut">
                      {column.render(row)}
                    </div>
                  ))
                )}
              </div>
            );
          })}
        </div>
        {footer !== undefined && <div className={css.footer}>{footer}</div>}
      </div>
    </div>
  );
}
