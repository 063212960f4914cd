import { Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { offsetOf } from './time';

interface Props {
  value?: string;
  onChange?: (zone: string) => void;
  id?: string;
}

function offsetLabel(zone: string): string {
  const minutes = Math.trunc(offsetOf(new Date(), zone) / 60);
  const abs = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.trunc(abs / 60))}:${two(abs % 60)}`;
}

export function TimeZoneSelect({ value, onChange, id }: Props) {
  const { t } = useTranslation();
  const options = useMemo(() => {
    const zones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...(value ? [value] : [])]);
    return [...zones].map((zone) => ({
      value: zone,
      label: zone.replaceAll('_', ' '),
      offset: offsetLabel(zone),
    }));
  }, [value]);
  return (
    <Select
      id={id}
      aria-label={t('settings.time_zone')}
      showSearch
      optionFilterProp="label"
      value={value}
      onChange={onChange}
      options={options}
      optionRender={(option) => (
        <span style={{ display: 'flex', justifyContent: 'space-between', gap: 12 }}>
          <span className="cut">{option.label}</span>
          <span className="num quiet">{option.data.offset}</span>
        </span>
      )}
    />
  );
}
