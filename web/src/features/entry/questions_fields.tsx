import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import css from './entry.module.css';

export type TypedQuestions = ({ question?: string; answer?: string } | undefined)[];

/** Those that were filled in. */
export function questionsOf({ questions = [] }: { questions?: TypedQuestions }) {
  return questions.flatMap((one) =>
    one?.question && one.answer ? [{ question: one.question, answer: one.answer }] : [],
  );
}

const words = ['questions.first', 'questions.second', 'questions.third'] as const;

/** Two questions with their answers, or three. all_or_none: they may be left empty. */
export function QuestionsFields({ need }: { need: 'all' | 'all_or_none' }) {
  const { t } = useTranslation();
  const [count, setCount] = useState(2);
  const questions = (Form.useWatch('questions') ?? []) as TypedQuestions;
  const begun = need === 'all' || questions.some((one) => one?.question || one?.answer);
  return (
    <>
      {words.slice(0, count).map((word, index) => {
        const required = begun && (index < 2 || Boolean(questions[2]?.question || questions[2]?.answer));
        return (
          <div key={word} className={css.question}>
            <Form.Item
              name={['questions', index, 'question']}
              label={t(word)}
              rules={[{ required, message: t(need === 'all' ? 'questions.missing' : 'questions.both') }]}
            >
              <Input maxLength={200} autoComplete="off" />
            </Form.Item>
            <Form.Item
              name={['questions', index, 'answer']}
              label={t('questions.answer', { number: index + 1 })}
              extra={index === 0 ? t('questions.answer_hint') : undefined}
              rules={[{ required, message: t('forgotten.answer_missing') }]}
            >
              <Input maxLength={200} autoComplete="off" />
            </Form.Item>
          </div>
        );
      })}
      {count === 2 && (
        <Button type="link" icon={<PlusOutlined />} className={css.link} onClick={() => setCount(3)}>
          {t('questions.add')}
        </Button>
      )}
    </>
  );
}
