import { Select } from 'antd';
import { useTranslation } from 'react-i18next';

import { useTemplates } from '../../api/queries';
import { useWeekText } from '../permissions/week_text';

interface Props {
  /** The first three are given by the form. */
  id?: string;
  value?: string | null;
  onChange?: (value: string | null) => void;
  label?: string;
  /** What no choice means; none: something has to be chosen. */
  none?: string;
}

/** A time template with its week. */
export function TemplateSelect({ none, label, value, onChange, ...rest }: Props) {
  const { t } = useTranslation();
  const templates = useTemplates();
  const weekText = useWeekText();
  return (
    <Select
      {...rest}
      aria-label={label}
      value={value ?? undefined}
      onChange={(chosen: string | undefined) => onChange?.(chosen ?? null)}
      allowClear={none !== undefined}
      placeholder={none ?? t('rules.template')}
      loading={templates.isPending}
      notFoundContent={t('rules.templates_none')}
      options={(templates.data ?? []).map((template) => ({
        value: template.id,
        label: `${template.name}: ${weekText(template)}`,
      }))}
    />
  );
}
