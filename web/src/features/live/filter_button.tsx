import { FilterOutlined } from '@ant-design/icons';
import { Badge, Button, Checkbox, Popover, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { EventKind } from '../../api/client';
import { useDevices } from '../../api/queries';
import { BranchSelect } from '../organisation/branch_select';
import { useMay } from '../shell/me_context';
import css from './live.module.css';
import type { StreamFilter } from './stream_filter';
import { all_kinds, everything } from './stream_filter';

interface Props {
  filter: StreamFilter;
  onChange: (changed: Partial<StreamFilter>) => void;
}

/** Which events come: kinds, a department, and the devices that are not stopped. */
export function FilterButton({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const chosen =
    Number(filter.kinds.length > 0) + Number(filter.stopped.length > 0) + Number(filter.department !== null);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('live.filter_label')}
      content={<Choices filter={filter} onChange={onChange} />}
    >
      <Badge count={chosen} size="small">
        <Button size="small" type="text" icon={<FilterOutlined />} aria-label={t('live.filter_open')} />
      </Badge>
    </Popover>
  );
}

function Choices({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const seesPeople = useMay('people', 'view');
  const seesDevices = useMay('devices', 'view');
  return (
    <div className={css.choices}>
      <Select<EventKind[]>
        mode="multiple"
        allowClear
        maxTagCount="responsive"
        value={filter.kinds}
        onChange={(kinds) => onChange({ kinds })}
        placeholder={t('events.kind')}
        aria-label={t('events.kind')}
        optionFilterProp="label"
        options={all_kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
      />
      {seesPeople && (
        <BranchSelect
          tree="departments"
          label={t('events.department')}
          none={t('events.department')}
          value={filter.department}
          onChange={(department) => onChange({ department })}
        />
      )}
      {seesDevices && <Devices filter={filter} onChange={onChange} />}
      <Button size="small" type="text" onClick={() => onChange(everything)}>
        {t('events.clear_filters')}
      </Button>
    </div>
  );
}

function Devices({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const devices = useDevices();
  const all = devices.data ?? [];
  const toggle = (id: string) =>
    onChange({
      stopped: filter.stopped.includes(id)
        ? filter.stopped.filter((one) => one !== id)
        : [...filter.stopped, id],
    });
  return (
    <fieldset className={css.devices}>
      <legend>{t('live.filter_devices')}</legend>
      <div>
        {all.map((device) => (
          <Checkbox
            key={device.id}
            checked={!filter.stopped.includes(device.id)}
            onChange={() => toggle(device.id)}
          >
            {device.name}
          </Checkbox>
        ))}
      </div>
      <Button size="small" onClick={() => onChange({ stopped: [] })}>
        {t('live.start_all')}
      </Button>
      <Button size="small" onClick={() => onChange({ stopped: all.map((device) => device.id) })}>
        {t('live.stop_all')}
      </Button>
    </fieldset>
  );
}
