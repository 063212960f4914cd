import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { PersonField } from '../../api/client';
import { DateField } from '../../ui/date_fields';
import css from './people.module.css';

/** Names in the form: an id alone would be taken for a place in a list. */
export const nameOf = (id: string) => `f${id}`;

/** From the form's names to the contract's. */
export function valuesOf(
  typed: Record<string, string | undefined> | undefined,
  fields: readonly PersonField[],
) {
  return Object.fromEntries(fields.map(({ id }) => [id!, typed?.[nameOf(id!)]?.trim() ?? '']));
}

export function typedOf(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [nameOf(id), value]));
}

/** What the site wants to know besides. */
export function CustomFields({ fields }: { fields: readonly PersonField[] }) {
  const { t } = useTranslation();
  return (
    <div className={css.fields}>
      {fields.map(({ id, name, kind, required, choices }) => (
        <Form.Item
          key={id}
          name={['custom', nameOf(id!)]}
          label={name}
          validateTrigger="onBlur"
          rules={[
            ...(required ? [{ required: true, whitespace: true, message: t('person_fields.missing') }] : []),
            ...(kind === 'number'
              ? [{ pattern: /^\s*-?\d{1,15}(\.\d{1,6})?\s*$/, message: t('person_fields.number_bad') }]
              : []),
          ]}
        >
          {kind === 'choice' ? (
            <Select
              allowClear={!required}
              options={(choices ?? []).map((choice) => ({ value: choice, label: choice }))}
            />
          ) : kind === 'date' ? (
            <DateField />
          ) : (
            <Input className={kind === 'text' ? undefined : 'num'} maxLength={200} autoComplete="off" />
          )}
        </Form.Item>
      ))}
    </div>
  );
}
