import { useVirtualizer } from '@tanstack/react-virtual';
import { Checkbox, Input } from 'antd';
import type { RefObject } from 'react';
import { memo, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Fingerprint } from '../../ui/fingerprint';
import { StateWord } from '../../ui/marks';
import { useProblemText } from '../../ui/problem_text';
import css from './devices.module.css';

export interface Candidate {
  key: string;
  address: string;
  port: number;
  serial: string;
  model: string;
  /** null: not known before it was tried. */
  initialised: boolean | null;
  fingerprint: string | null;
  /** Added already. */
  here: boolean;
  /** It has dialled in, and nobody has added it. */
  waiting?: boolean;
  /** Somebody said that it speaks without encryption. */
  inClear?: boolean;
}

/** Where a device is reached; with the port 0 it dials in, and the address is its name there. */
export const placeOf = ({ address, port }: { address: string; port: number }): string =>
  port === 0 ? address : `${address}:${port}`;

export interface Outcome {
  state: 'waiting' | 'adding' | 'added' | 'failed' | 'stopped';
  error?: unknown;
  initialised?: boolean;
}

interface Props {
  candidates: Candidate[];
  /** Of those that are selected. */
  names: ReadonlyMap<string, string>;
  /** Whose fields are drawn by now. */
  drawn: ReadonlyMap<string, string>;
  /** Names are asked for: the ones that are missing are marked. */
  asked: boolean;
  /** Whose fingerprint somebody has compared. */
  compared: ReadonlySet<string>;
  outcomes: ReadonlyMap<string, Outcome>;
  /** They are being added: nothing is chosen meanwhile. */
  busy: boolean;
  onChoose: (keys: readonly string[], chosen: boolean) => void;
  onName: (key: string, name: string) => void;
  onCompare: (key: string, same: boolean) => void;
}

/** With more of them, each is one line as long as nobody asks for its certificate. */
const few = 3;

const usual_px = 88;

const scrollerOf = (list: HTMLElement | null) => list?.closest('.ant-drawer-body') ?? null;

/** Which of them there is something to be seen of, in the drawer that scrolls; of any height. */
function useVisible(list: RefObject<HTMLUListElement | null>, candidates: readonly Candidate[]) {
  const [scrollMargin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const around = scrollerOf(list.current);
    if (!around || !list.current) return;
    const top = list.current.getBoundingClientRect().top - around.getBoundingClientRect().top;
    setMargin(Math.round(top + around.scrollTop));
  }, [list, candidates.length]);
  const virtual = useVirtualizer({
    count: candidates.length,
    getScrollElement: () => scrollerOf(list.current),
    estimateSize: () => usual_px,
    overscan: 4,
    scrollMargin,
    getItemKey: (index) => candidates[index]!.key,
  });
  const items = virtual.getVirtualItems();
  const paddingTop = (items[0]?.start ?? scrollMargin) - scrollMargin;
  const paddingBottom = virtual.getTotalSize() + scrollMargin - (items.at(-1)?.end ?? scrollMargin);
  return { items, measure: virtual.measureElement, room: { paddingTop, paddingBottom } };
}

export function FoundList({ candidates, names, drawn, asked, compared, outcomes, busy, ...props }: Props) {
  const { t } = useTranslation();
  const [focused, setFocused] = useState<string | null>(null);
  const free = candidates.filter((item) => !item.here);
  const count = free.filter((item) => names.has(item.key)).length;
  const list = useRef<HTMLUListElement>(null);
  const { items, measure, room } = useVisible(list, candidates);
  const { onChoose } = props;
  const chooseOne = useCallback(
    (key: string, chosen: boolean) => {
      setFocused(chosen ? key : null);
      onChoose([key], chosen);
    },
    [onChoose],
  );
  return (
    <>
      {free.length > 1 && (
        <div className={css.selectAll}>
          <Checkbox
            checked={count === free.length}
            indeterminate={count > 0 && count < free.length}
            disabled={busy}
            onChange={(change) => {
              setFocused(null);
              onChoose(
                free.map((item) => item.key),
                change.target.checked,
              );
            }}
          >
            {t('add_many.select_all')}
          </Checkbox>
          <span className="quiet num">{t('add_many.selected', { selected: count, count: free.length })}</span>
        </div>
      )}
      <ul className={css.found} aria-label={t('devices.found')} ref={list} style={room}>
        {items.map(({ index, key }) => {
          const item = candidates[index]!;
          return (
            <Found
              key={key}
              index={index}
              count={candidates.length}
              measure={measure}
              item={item}
              name={item.here ? null : (names.get(item.key) ?? null)}
              drawn={drawn.has(item.key)}
              asked={asked}
              focused={focused === item.key}
              brief={count > few}
              compared={compared.has(item.key)}
              outcome={outcomes.get(item.key)}
              busy={busy}
              onChoose={chooseOne}
              onName={props.onName}
              onCompare={props.onCompare}
            />
          );
        })}
      </ul>
    </>
  );
}

interface FoundProps {
  item: Candidate;
  /** Its place among all of them. */
  index: number;
  count: number;
  measure: (row: Element | null) => void;
  name: string | null;
  /** With its fields. */
  drawn: boolean;
  asked: boolean;
  /** It was just selected: its name is at hand. */
  focused: boolean;
  brief: boolean;
  compared: boolean;
  outcome: Outcome | undefined;
  busy: boolean;
  onChoose: (key: string, chosen: boolean) => void;
  onName: Props['onName'];
  onCompare: Props['onCompare'];
}

// Several hundred stand in one list: a change of one draws only that one.
const Found = memo(function Found({ item, name, drawn, asked, focused, brief, ...props }: FoundProps) {
  const { index, count, measure } = props;
  const { compared, outcome, busy, onChoose, onName, onCompare } = props;
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [looked, setLooked] = useState(false);
  const title = placeOf(item);
  const nameless = asked && name?.trim() === '';
  const uncompared = asked && name !== null && item.port === 0 && !compared;
  return (
    <li
      ref={measure}
      data-index={index}
      aria-posinset={index + 1}
      aria-setsize={count}
      className={item.here ? css.here : ''}
    >
      <Checkbox
        checked={name !== null}
        disabled={item.here || busy}
        onChange={(change) => onChoose(item.key, change.target.checked)}
      >
        <span className={css.foundTitle}>
          <span className="num">{title}</span>
          <span className="quiet cut">{[item.model, item.serial].filter(Boolean).join(' · ')}</span>
        </span>
      </Checkbox>
      <span className={css.foundState}>
        <FoundState item={item} outcome={outcome} />
      </span>
      {name !== null && drawn && (
        <label className={css.foundName}>
          <span>{t('devices.name')}</span>
          <Input
            autoFocus={focused}
            onFocus={(focus) => focus.target.select()}
            disabled={busy}
            value={name}
            maxLength={64}
            placeholder={t('devices.name_hint')}
            status={nameless ? 'error' : ''}
            aria-invalid={nameless}
            onChange={(change) => onName(item.key, change.target.value)}
          />
        </label>
      )}
      {nameless && (
        <p className={css.foundError} role="alert">
          {t('common.name_missing')}
        </p>
      )}
      {name !== null && drawn && item.fingerprint !== null && (
        <details
          className={css.foundPrint}
          open={!brief}
          onToggle={({ currentTarget }) => currentTarget.open && setLooked(true)}
        >
          <summary>{t('devices.fingerprint')}</summary>
          {(looked || !brief) && (
            <>
              <Fingerprint of={item.fingerprint} />
              <Checkbox
                checked={compared}
                disabled={busy}
                onChange={(change) => onCompare(item.key, change.target.checked)}
              >
                {t('devices.certificate_same')}
              </Checkbox>
              <p>{t(item.port === 0 ? 'devices.certificate_of_name' : 'devices.certificate_hint')}</p>
            </>
          )}
        </details>
      )}
      {uncompared && (
        <p className={css.foundError} role="alert">
          {t('devices.certificate_compare')}
        </p>
      )}
      {outcome?.state === 'failed' && (
        <p className={css.foundError} role="alert">
          {textOf(outcome.error)}
        </p>
      )}
    </li>
  );
});

function FoundState({ item, outcome }: { item: Candidate; outcome: Outcome | undefined }) {
  const { t } = useTranslation();
  if (outcome?.state === 'adding') return <StateWord look="waiting">{t('device_list.adding')}</StateWord>;
  if (outcome?.state === 'waiting') return <span className="quiet">{t('update_many.waits')}</span>;
  if (item.here) return <StateWord look="good">{t('devices.already')}</StateWord>;
  if (item.inClear) return <StateWord look="bad">{t('devices.in_clear')}</StateWord>;
  if (item.initialised === false) return <StateWord look="waiting">{t('devices.not_initialised')}</StateWord>;
  if (item.port === 0)
    return <StateWord look="waiting">{t(item.waiting ? 'devices.waiting' : 'devices.dials_in')}</StateWord>;
  if (item.initialised === true) return <span className="quiet">{t('devices.ready')}</span>;
  return null;
}
