import { SearchOutlined } from '@ant-design/icons';
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useDoors } from '../../api/queries';
import css from './permissions.module.css';

interface Props {
  value: readonly string[];
  onChange: (doors: readonly string[]) => void;
  disabled: boolean;
}

export function DoorPicker({ value, onChange, disabled }: Props) {
  const { t } = useTranslation();
  const doors = useDoors();
  const [typed, setTyped] = useState('');
  const all = doors.data ?? [];
  const shown = all.filter((door) => door.name.toLowerCase().includes(typed.trim().toLowerCase()));
  const chosen = new Set(value);
  const toggle = (id: string) =>
    onChange(chosen.has(id) ? value.filter((other) => other !== id) : [...value, id]);
  const everything = shown.length > 0 && shown.every((door) => chosen.has(door.id));
  const toggleAll = () => {
    const ids = shown.map((door) => door.id);
    onChange(everything ? value.filter((id) => !ids.includes(id)) : [...new Set([...value, ...ids])]);
  };
  return (
    <section className={css.picker} aria-label={t('permissions.doors')}>
      <div className={css.pickerHead}>
        <h3>{t('permissions.doors')}</h3>
        <span className="quiet num">{t('permissions.doors_count', { count: value.length })}</span>
        {all.length > 8 && (
          <Input
            size="small"
            allowClear
            prefix={<SearchOutlined />}
            placeholder={t('permissions.door_filter')}
            aria-label={t('permissions.door_filter')}
            value={typed}
            onChange={(change) => setTyped(change.target.value)}
          />
        )}
        {all.length > 1 && (
          <Button size="small" onClick={toggleAll} disabled={disabled}>
            {t(everything ? 'common.none' : 'permissions.doors_all')}
          </Button>
        )}
      </div>
      {all.length === 0 ? (
        <p className={css.none}>{t('permissions.doors_none_yet')}</p>
      ) : (
        <ul className={css.doors}>
          {shown.map((door) => (
            <li key={door.id}>
              <Checkbox checked={chosen.has(door.id)} disabled={disabled} onChange={() => toggle(door.id)}>
                {door.name}
              </Checkbox>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
