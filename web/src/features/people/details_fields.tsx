import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import { DateField } from '../../ui/date_fields';
import { DayAndTime } from './day_and_time';
import css from './people.module.css';

const genders = ['female', 'male', 'other'] as const;
const documents = ['identity_card', 'passport', 'driving_licence', 'other'] as const;
const fields = [
  ['gender', genders],
  ['title', 64],
  ['birthday', 'date'],
  ['phone', 64],
  ['email', 200],
  ['address', 200],
  ['company', 64],
  ['occupation', 64],
  ['id_type', documents],
  ['id_number', 64],
  ['entered_on', 'moment'],
  ['left_on', 'moment'],
] as const;

/** What is known of a person besides; nothing of it is needed. Controllers never get it. */
export function DetailsFields() {
  const { t } = useTranslation();
  return (
    <div className={css.fields}>
      {fields.map(([name, kind]) => (
        <Form.Item
          key={name}
          name={['details', name]}
          label={t(`person_columns.${name}`)}
          rules={name === 'email' ? [{ type: 'email', message: t('people.email_bad') }] : []}
        >
          {typeof kind === 'number' ? (
            <Input maxLength={kind} autoComplete="off" />
          ) : kind === 'date' ? (
            <DateField />
          ) : kind === 'moment' ? (
            <DayAndTime />
          ) : (
            <Select
              options={[
                { value: '', label: '–' },
                ...kind.map((word) => ({
                  value: word,
                  label:
                    name === 'gender' ? t(`genders.${word as 'other'}`) : t(`id_types.${word as 'other'}`),
                })),
              ]}
            />
          )}
        </Form.Item>
      ))}
    </div>
  );
}
