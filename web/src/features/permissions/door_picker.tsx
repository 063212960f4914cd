import { Button, Checkbox } from 'antd';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Door } from '../../api/client';
import { useDoors } from '../../api/queries';
import { SearchField } from '../../ui/search_field';
import { below } from '../organisation/branches';
import { useTree } from '../organisation/trees';
import css from './permissions.module.css';

interface Props {
  value: readonly string[];
  onChange: (doors: readonly string[]) => void;
  disabled: boolean;
}

/** Doors where they are: an area stands for all of its doors and of what is below it. */
export function DoorPicker({ value, onChange, disabled }: Props) {
  const { t } = useTranslation();
  const doors = useDoors();
  const [typed, setTyped] = useState('');
  const all = doors.data ?? [];
  const { branches } = useTree('areas');
  const wanted = typed.trim().toLowerCase();
  const shown = all.filter((door) => {
    const path = branches.find((branch) => branch.id === door.area_id)?.path ?? '';
    return `${path} ${door.name}`.toLowerCase().includes(wanted);
  });
  const places = branches
    .map((area) => {
      const inside = below(branches, area.id);
      const within = shown.filter((door) => door.area_id !== null && inside.has(door.area_id));
      return { area, within, own: within.filter((door) => door.area_id === area.id) };
    })
    .filter(({ within }) => within.length > 0);
  const elsewhere = shown.filter((door) => !branches.some((branch) => branch.id === door.area_id));
  const chosen = new Set(value);
  const toggle = (id: string) =>
    onChange(chosen.has(id) ? value.filter((other) => other !== id) : [...value, id]);
  const everything = shown.length > 0 && shown.every((door) => chosen.has(door.id));
  const choose = (doors: readonly Door[], which: 'in' | 'out') => {
    const ids = doors.map((door) => door.id);
    onChange(which === 'in' ? [...new Set([...value, ...ids])] : value.filter((id) => !ids.includes(id)));
  };
  return (
    <section className={css.picker} aria-label={t('permissions.doors')}>
      <div className={css.pickerHead}>
        <h3>{t('permissions.doors')}</h3>
        <span className="quiet num">{t('permissions.doors_count', { count: value.length })}</span>
        {all.length > 8 && (
          <SearchField size="small" label={t('permissions.door_filter')} value={typed} onChange={setTyped} />
        )}
        {all.length > 1 && (
          <Button size="small" onClick={() => choose(shown, everything ? 'out' : 'in')} disabled={disabled}>
            {t(everything ? 'common.none' : 'permissions.doors_all')}
          </Button>
        )}
      </div>
      {all.length === 0 ? (
        <p className={css.none}>{t('permissions.doors_none_yet')}</p>
      ) : (
        <div className={css.places}>
          {places.map(({ area, within, own }) => (
            <Fragment key={area.id}>
              <Checkbox
                className={css.place}
                style={{ paddingLeft: area.depth * indent }}
                checked={within.every((door) => chosen.has(door.id))}
                indeterminate={
                  within.some((door) => chosen.has(door.id)) && !within.every((door) => chosen.has(door.id))
                }
                disabled={disabled}
                onChange={({ target }) => choose(within, target.checked ? 'in' : 'out')}
              >
                {area.name}
              </Checkbox>
              {own.length > 0 && (
                <Doors doors={own} depth={area.depth + 1} {...{ chosen, disabled, toggle }} />
              )}
            </Fragment>
          ))}
          {elsewhere.length > 0 && <Doors doors={elsewhere} depth={0} {...{ chosen, disabled, toggle }} />}
        </div>
      )}
    </section>
  );
}

const indent = 22;

interface DoorsProps {
  doors: readonly Door[];
  depth: number;
  chosen: ReadonlySet<string>;
  disabled: boolean;
  toggle: (id: string) => void;
}

function Doors({ doors, depth, chosen, disabled, toggle }: DoorsProps) {
  return (
    <ul className={css.doors} style={{ paddingLeft: depth * indent }}>
      {doors.map((door) => (
        <li key={door.id}>
          <Checkbox checked={chosen.has(door.id)} disabled={disabled} onChange={() => toggle(door.id)}>
            {door.name}
          </Checkbox>
        </li>
      ))}
    </ul>
  );
}
