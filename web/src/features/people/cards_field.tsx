import { DeleteOutlined, IdcardOutlined, PlusOutlined, ScanOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Card } from '../../api/client';
import { CardIssuer } from './card_issuer';
import css from './people.module.css';
import { ReaderListener } from './reader_listener';

const card_types = ['general', 'allowlist', 'vip', 'guest', 'patrol', 'blocklist', 'duress'] as const;
const statuses = ['active', 'lost', 'frozen', 'cancelled'] as const;
const most_cards = 8;

export const fresh = (number: string): Card => ({ number, type: 'general', status: 'active' });

/** Cards typed by hand or by a desktop reader (its Enter does not submit), or read at a door's reader. */
export function CardsField() {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const [listening, setListening] = useState(false);
  const [issuing, setIssuing] = useState(false);
  const [heard, setHeard] = useState<{ text: string; type: 'success' | 'warning' } | null>(null);

  /** False when it is there already. */
  const take = (number: string) => {
    const cards = (form.getFieldValue('cards') ?? []) as Card[];
    if (cards.some((card) => card.number?.toUpperCase() === number)) return false;
    const free = cards.findIndex((card) => !card.number);
    form.setFieldValue('cards', free < 0 ? [...cards, fresh(number)] : cards.with(free, fresh(number)));
    return true;
  };

  return (
    <>
      <Form.List name="cards">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} className={css.card}>
                <Form.Item
                  name={[field.name, 'number']}
                  label={t('people.card_number')}
                  normalize={(text: string) => text.toUpperCase().replace(/\s/g, '')}
                  validateTrigger="onBlur"
                  rules={[{ required: true, pattern: /^[0-9A-F]{1,16}$/, message: t('people.card_bad') }]}
                >
                  <Input
                    className="mono"
                    maxLength={16}
                    spellCheck={false}
                    autoComplete="off"
                    onPressEnter={(press) => press.preventDefault()}
                  />
                </Form.Item>
                <Form.Item name={[field.name, 'type']} label={t('people.card_type')}>
                  <Select
                    options={card_types.map((type) => ({ value: type, label: t(`card_types.${type}`) }))}
                  />
                </Form.Item>
                <Form.Item name={[field.name, 'status']} label={t('cards.status')}>
                  <Select
                    options={statuses.map((status) => ({
                      value: status,
                      label: t(`card_statuses.${status}`),
                    }))}
                  />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t('people.card_remove', {
                    number: String(form.getFieldValue(['cards', field.name, 'number']) ?? ''),
                  })}
                  onClick={() => remove(field.name)}
                />
              </div>
            ))}
            {fields.length > 0 && <p className={css.returns}>{t('cards.returns')}</p>}
            <div className={css.cardButtons}>
              <Button
                icon={<PlusOutlined />}
                disabled={fields.length >= most_cards}
                onClick={() => add(fresh(''))}
              >
                {t('people.add_card')}
              </Button>
              <Button
                icon={<ScanOutlined />}
                disabled={fields.length >= most_cards}
                aria-pressed={listening}
                onClick={() => {
                  setHeard(null);
                  setListening(!listening);
                }}
              >
                {t(listening ? 'people.listening_stop' : 'people.listen')}
              </Button>
              <Button
                icon={<IdcardOutlined />}
                disabled={fields.length >= most_cards}
                aria-pressed={issuing}
                onClick={() => {
                  setHeard(null);
                  setIssuing(!issuing);
                }}
              >
                {t(issuing ? 'issuer.close' : 'issuer.open')}
              </Button>
            </div>
          </>
        )}
      </Form.List>
      {issuing && (
        <CardIssuer
          onCard={(number) => {
            const isNew = take(number);
            setHeard({
              text: t(isNew ? 'issuer.taken' : 'issuer.twice', { number }),
              type: isNew ? 'success' : 'warning',
            });
          }}
        />
      )}
      {listening && (
        <ReaderListener
          onCard={(number, door, owner) => {
            setListening(false);
            if (owner === null) {
              take(number);
              setHeard({ text: t('people.listened', { number, door }), type: 'success' });
            } else {
              setHeard({ text: t('people.listened_owned', { number, name: owner }), type: 'warning' });
            }
          }}
        />
      )}
      {heard && <Alert className={css.heard} type={heard.type} showIcon message={heard.text} role="status" />}
    </>
  );
}
