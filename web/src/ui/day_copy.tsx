import { MoreOutlined } from '@ant-design/icons';
import { Button, Checkbox, Popover } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Week } from './week';
import { copied, day_names } from './week';
import css from './week_grid.module.css';

interface Props {
  week: Week;
  day: number;
  onChange: (week: Week) => void;
}

/** A day is copied to the days that are chosen, or cleared. */
export function DayCopy({ week, day, onChange }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const days = useRef<HTMLDivElement>(null);
  const label = t('week.copy', { day: t(`week.days.${day_names[day]!}`) });
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const take = (changed: Week) => {
    onChange(changed);
    close();
  };
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      open={open}
      onOpenChange={setOpen}
      afterOpenChange={(shown) => shown && days.current?.querySelector<HTMLElement>('input:enabled')?.focus()}
      destroyOnHidden
      title={label}
      content={
        <div
          ref={days}
          role="dialog"
          aria-label={label}
          onKeyDown={(press) => {
            // Keys are those of the days here, not of the grid around them.
            press.stopPropagation();
            if (press.key === 'Escape') close();
          }}
        >
          <Days day={day} week={week} onTake={take} />
        </div>
      }
    >
      <Button
        ref={button}
        type="text"
        size="small"
        icon={<MoreOutlined />}
        aria-label={label}
        aria-haspopup="dialog"
      />
    </Popover>
  );
}

const presets = { copy_work: [0, 1, 2, 3, 4], copy_all: [0, 1, 2, 3, 4, 5, 6] } as const;

function Days({ week, day, onTake }: Omit<Props, 'onChange'> & { onTake: (week: Week) => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  return (
    <div className={css.copy}>
      {day_names.map((name, index) => (
        <Checkbox
          key={name}
          checked={index === day || chosen.includes(index)}
          disabled={index === day}
          onChange={({ target }) =>
            setChosen(target.checked ? [...chosen, index] : chosen.filter((other) => other !== index))
          }
        >
          {t(`week.days.${name}`)}
        </Checkbox>
      ))}
      <div className={css.presets}>
        {(['copy_work', 'copy_all'] as const).map((preset) => (
          <Button key={preset} size="small" type="link" onClick={() => setChosen(presets[preset])}>
            {t(`week.${preset}`)}
          </Button>
        ))}
      </div>
      <div className={css.buttons}>
        <Button size="small" onClick={() => onTake(week.map((other, at) => (at === day ? [] : other)))}>
          {t('week.day_clear', { day: t(`week.days.${day_names[day]!}`) })}
        </Button>
        <Button
          size="small"
          type="primary"
          disabled={chosen.every((other) => other === day)}
          onClick={() => onTake(copied(week, day, chosen))}
        >
          {t('week.copy_go')}
        </Button>
      </div>
    </div>
  );
}
