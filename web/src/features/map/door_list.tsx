import { useTranslation } from 'react-i18next';
import { useMemo } from 'react';

import type { Door } from '../../api/client';
import type { DoorLook } from '../../ui/door_look';
import { lookOf, urgencyOf } from '../../ui/door_look';
import { DoorMark } from '../../ui/marks';
import { Panel } from '../../ui/page';
import { useStateText } from '../live/door_tile';
import type { Item } from './layout';
import css from './map.module.css';

export interface Lead {
  id: string;
  name: string;
  worst: DoorLook | null;
}

interface Props {
  doors: Door[];
  /** The plans that this one leads to. */
  leads: Lead[];
  chosen: Item | null;
  onChoose: (item: Item) => void;
}

/** The same doors as on the plan, in words: what needs somebody first. */
export function DoorList({ doors, leads, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const stateText = useStateText();
  const sorted = useMemo(
    () =>
      [...doors].sort(
        (a, b) => urgencyOf(a) - urgencyOf(b) || a.name.localeCompare(b.name, undefined, { numeric: true }),
      ),
    [doors],
  );
  return (
    <Panel title={t('map.on_plan')} className={css.side}>
      {sorted.length + leads.length === 0 ? (
        <p className={`quiet ${css.note}`}>{t('map.no_doors_here')}</p>
      ) : (
        <ul className={css.list}>
          {leads.map(({ id, name, worst }) => (
            <li key={`to-${id}`}>
              <button type="button" className={css.line} onClick={() => onChoose({ kind: 'link', id })}>
                {worst === null ? <span /> : <DoorMark look={worst} size={18} />}
                <span className="cut">{t('map.to_plan', { plan: name })}</span>
                <span className="quiet">
                  {worst === null ? t('map.no_doors_inside') : t(`door_states.${worst}`)}
                </span>
              </button>
            </li>
          ))}
          {sorted.map((door) => (
            <li key={door.id}>
              <button
                type="button"
                className={css.line}
                aria-pressed={chosen?.kind === 'door' && chosen.id === door.id}
                onClick={() => onChoose({ kind: 'door', id: door.id })}
              >
                <DoorMark look={lookOf(door.state)} size={18} />
                <span className="cut">{door.name}</span>
                <span className="quiet">{stateText(door)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
