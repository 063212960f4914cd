import { Alert, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Event } from '../../api/client';
import { useDoors } from '../../api/queries';
import { useProblemText } from '../../ui/problem_text';
import { useStream } from '../shell/live_context';
import css from './people.module.css';

const kept_as = 'sallyport.issuing_reader';
const directions = ['entry', 'exit'] as const;

const keyOf = (door: string, direction: (typeof directions)[number]) => `${door} ${direction}`;

interface Props {
  onCard: (number: string, door: string, owner: string | null) => void;
}

/**
 * Hears the cards at one reader, which is chosen once in each browser; those of passers-by at other doors are
 * none of ours.
 */
export function ReaderListener({ onCard }: Props) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const stream = useStream();
  const doors = useDoors();
  const [chosen, setChosen] = useState(() => localStorage.getItem(kept_as));
  const readers = useMemo(
    () =>
      (doors.data ?? []).flatMap(({ id, name }) =>
        directions.map((direction) => ({
          value: keyOf(id, direction),
          label: `${name} · ${t(`directions.${direction}`)}`,
        })),
      ),
    [doors.data, t],
  );
  // With one door its entry is meant as long as nobody says otherwise; a door that is gone is not chosen.
  const reader =
    readers.find(({ value }) => value === chosen) ?? (doors.data?.length === 1 ? readers[0] : undefined);
  const latest = useRef(onCard);
  latest.current = onCard;
  const listened = reader?.value;
  useEffect(
    () =>
      stream.watch((event: Event) => {
        if (event.kind !== 'access' || event.card === null || event.door_id === null) return;
        if (keyOf(event.door_id, event.direction ?? 'entry') !== listened) return;
        const owner = event.person ? (event.person.name ?? event.person.user_id) : null;
        latest.current(event.card, event.door_name ?? '', owner);
      }),
    [stream, listened],
  );
  const choose = (value: string) => {
    localStorage.setItem(kept_as, value);
    setChosen(value);
  };
  return (
    <div className={css.listener}>
      <Select
        aria-label={t('issuer.reader')}
        placeholder={t('issuer.reader')}
        showSearch
        optionFilterProp="label"
        loading={doors.isPending}
        value={listened}
        options={readers}
        onChange={choose}
      />
      <Alert
        type={doors.error ? 'error' : 'info'}
        showIcon
        role="status"
        message={
          doors.error
            ? textOf(doors.error)
            : reader
              ? t('people.listening', { reader: reader.label })
              : t('issuer.reader_choose')
        }
      />
    </div>
  );
}
