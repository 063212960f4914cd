import { DeleteOutlined, IdcardOutlined, ScanOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Progress, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import { DateTimeField } from '../../../ui/date_fields';
import { NumberField } from '../../../ui/number_field';
import { Empty, Page, Panel } from '../../../ui/page';
import { fieldText, useProblemText } from '../../../ui/problem_text';
import { useZone } from '../../../ui/site';
import { fromPicker } from '../../../ui/wall_picker';
import { BranchSelect } from '../../organisation/branch_select';
import { useMay } from '../../shell/me_context';
import { CardIssuer } from '../card_issuer';
import css from '../people.module.css';
import { person_types } from '../person_types';
import { ReaderListener } from '../reader_listener';
import type { RowFault } from './hand_in';
import { beginImport, handIn } from './hand_in';
import { ImportProgress } from './import_progress';
import type { Series } from './series';
import { cardsIn, numbersOf, series_at_most, seriesRows } from './series';

interface Typed {
  start: string;
  count: number;
  name: string;
  department_id?: string | null;
  type: Series['type'];
  valid_from?: Dayjs | null;
  valid_to?: Dayjs | null;
}

const faults_shown = 20;

/** Many people with numbers in a row, each with the next card. */
export default function BatchPage() {
  const { t } = useTranslation();
  const mayEdit = useMay('people', 'edit');
  const [search, setSearch] = useSearchParams();
  const running = search.get('import');
  return (
    <Page title={t('imports.batch_title')}>
      <div className={css.narrow}>
        {!mayEdit ? (
          <Empty title={t('imports.not_allowed')} />
        ) : running !== null ? (
          <Panel className={css.padded}>
            <ImportProgress id={running} onAgain={() => setSearch({}, { replace: true })} />
          </Panel>
        ) : (
          <BatchForm onBegun={(id) => setSearch({ import: id }, { replace: true })} />
        )}
      </div>
    </Page>
  );
}

class Faulty extends Error {
  constructor(readonly faults: RowFault[]) {
    super('faulty');
  }
}

function BatchForm({ onBegun }: { onBegun: (id: string) => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const zone = useZone();
  const [form] = Form.useForm<Typed>();
  const [cards, setCards] = useState<string[]>([]);
  const count = Form.useWatch('count', form) ?? 0;
  const start = Form.useWatch('start', form) ?? '';
  const numbers = /^\d{1,9}$/.test(start) ? numbersOf({ start, count }) : [];
  const save = useMutation({
    mutationFn: async (typed: Typed) => {
      const series: Series = {
        start: typed.start,
        count: typed.count,
        name: typed.name.trim(),
        department_id: typed.department_id ?? null,
        type: typed.type,
        valid_from: typed.valid_from ? fromPicker(typed.valid_from, zone) : null,
        valid_to: typed.valid_to ? fromPicker(typed.valid_to, zone) : null,
      };
      const rows = seriesRows(series, cards);
      const { id, faults } = await handIn(rows, 'refuse', () => {}, new AbortController().signal);
      if (faults.length > 0) throw new Faulty(faults);
      await beginImport(id);
      return id;
    },
    onSuccess: onBegun,
  });
  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      scrollToFirstError
      initialValues={{ start: '', count: 10, name: t('imports.example_series'), type: 'guest' }}
      onFinish={(typed) => save.mutate(typed)}
      className={css.form}
    >
      {save.error instanceof Faulty ? (
        <Alert
          type="error"
          showIcon
          role="alert"
          message={t('imports.faulty', { count: save.error.faults.length })}
          description={
            <ul>
              {save.error.faults.slice(0, faults_shown).map((fault, index) => (
                <li key={index}>{`${numbers[fault.row] ?? ''}: ${fieldText(fault)}`}</li>
              ))}
            </ul>
          }
        />
      ) : (
        save.error && <Alert type="error" showIcon role="alert" message={textOf(save.error)} />
      )}
      <Panel title={t('people.who')}>
        <div className={css.fields}>
          <Form.Item
            name="start"
            label={t('imports.start')}
            rules={[{ required: true, pattern: /^\d{1,9}$/, message: t('imports.start_bad') }]}
          >
            <Input className="num" maxLength={9} inputMode="numeric" autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="count"
            label={t('imports.count')}
            rules={[{ required: true, message: t('imports.count_bad', { most: series_at_most }) }]}
          >
            <NumberField min={1} max={series_at_most} precision={0} />
          </Form.Item>
          <Form.Item
            name="name"
            label={t('people.name')}
            extra={t('imports.series_hint')}
            rules={[{ required: true, whitespace: true, message: t('people.name_missing') }]}
          >
            <Input maxLength={50} autoComplete="off" />
          </Form.Item>
          <Form.Item name="type" label={t('people.type')}>
            <Select
              options={person_types.map((type) => ({ value: type, label: t(`person_types.${type}`) }))}
            />
          </Form.Item>
          <Form.Item name="department_id" label={t('people.department')} className={css.whole}>
            <BranchSelect tree="departments" none={t('people.department_none')} />
          </Form.Item>
          <Form.Item name="valid_from" label={t('people.valid_from')}>
            <DateTimeField edge="begins" />
          </Form.Item>
          <Form.Item name="valid_to" label={t('people.valid_to')}>
            <DateTimeField edge="ends" />
          </Form.Item>
        </div>
      </Panel>
      <Panel title={t('people.cards')}>
        <CardsInOrder cards={cards} count={count} numbers={numbers} onChange={setCards} />
      </Panel>
      <div>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('imports.begin', { count })}
        </Button>
      </div>
    </Form>
  );
}

interface CardsProps {
  cards: readonly string[];
  /** How many people there are. */
  count: number;
  /** Who gets them, in order; none yet without a first number. */
  numbers: readonly string[];
  onChange: (cards: string[]) => void;
}

/** One after the other: typed by a desktop reader, shown at a door's reader, or a whole list pasted. */
function CardsInOrder({ cards, count, numbers, onChange }: CardsProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [listening, setListening] = useState(false);
  const [issuing, setIssuing] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const take = (text: string) => {
    const found = cardsIn(text);
    const all = [...new Set([...cards, ...found.cards])];
    const room = all.slice(0, count);
    onChange(room);
    setTyped(found.wrong.join(' '));
    const next = numbers[room.length - 1];
    if (found.wrong.length > 0) setSaid(t('people.card_bad'));
    else if (all.length > room.length) setSaid(t('imports.cards_over', { count: all.length - room.length }));
    else if (room.length === cards.length) setSaid(t('imports.card_twice', { number: found.cards[0] ?? '' }));
    else setSaid(t('imports.card_given', { number: room.at(-1)!, user_id: next ?? String(room.length) }));
  };
  return (
    <div className={css.credentials}>
      <Progress
        percent={count === 0 ? 0 : Math.floor((100 * cards.length) / count)}
        format={() => `${cards.length}/${count}`}
        aria-label={t('imports.cards_read')}
      />
      <div className={css.cardButtons}>
        <Input.TextArea
          className={`mono ${css.cardList}`}
          aria-label={t('imports.next_card')}
          placeholder={t('imports.next_card')}
          autoSize={{ minRows: 1, maxRows: 6 }}
          value={typed}
          spellCheck={false}
          onChange={({ target }) => setTyped(target.value)}
          onPressEnter={(press) => {
            press.preventDefault();
            if (typed.trim() !== '') take(typed);
          }}
        />
        <Button disabled={typed.trim() === ''} onClick={() => take(typed)}>
          {t('common.add')}
        </Button>
        <Button icon={<ScanOutlined />} aria-pressed={listening} onClick={() => setListening(!listening)}>
          {t(listening ? 'people.listening_stop' : 'people.listen')}
        </Button>
        <Button icon={<IdcardOutlined />} aria-pressed={issuing} onClick={() => setIssuing(!issuing)}>
          {t(issuing ? 'issuer.close' : 'issuer.open')}
        </Button>
      </div>
      {issuing && <CardIssuer onCard={take} />}
      {listening && (
        <ReaderListener
          onCard={(number, _, owner) =>
            owner === null ? take(number) : setSaid(t('people.listened_owned', { number, name: owner }))
          }
        />
      )}
      <p className={css.note} role="status">
        {said ?? t('imports.cards_hint')}
      </p>
      {cards.length > 0 && (
        <ol className={css.given}>
          {cards.map((card, index) => (
            <li key={card}>
              <span className="num">{numbers[index] ?? '–'}</span>
              <span className="mono num">{card}</span>
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                aria-label={t('people.card_remove', { number: card })}
                onClick={() => onChange(cards.filter((other) => other !== card))}
              />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
