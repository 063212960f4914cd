import { Button } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Verification } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { Avatar } from '../../ui/avatar';
import { wordOf } from '../../ui/i18n';
import { EventMark, StateWord } from '../../ui/marks';
import { useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import type { Asked } from './asked';
import { secondsLeft } from './asked';
import css from './questions.module.css';
import { useAsked } from './use_asked';

type Answer = 'granted' | 'denied';

const shown_at_once = 3;
/** A key that was meant for something else answers nothing. */
const deaf_ms = 700;
const keys: Record<string, Answer> = { g: 'granted', d: 'denied' };

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

/** Over whatever page is open: somebody stands at a door that asks an operator. */
export function Questions() {
  const { t } = useTranslation();
  const may = useMay('doors', 'control');
  const [asked, take] = useAsked(may);
  const waiting = asked.filter((one) => one.ended === null);
  const first = waiting[0]?.id;
  const { answer, sending, problems } = useAnswers(take);

  useEffect(() => {
    if (first === undefined) return undefined;
    const from = performance.now();
    const onKey = (event: KeyboardEvent) => {
      const meant = keys[event.key.toLowerCase()];
      if (!meant || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (performance.now() - from < deaf_ms) return;
      event.preventDefault();
      void answer(first, meant);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [first, answer]);

  if (asked.length === 0) return null;
  const more = waiting.length - shown_at_once;
  return (
    <section className={css.stack} aria-label={t('verification.title')}>
      {asked.slice(0, shown_at_once).map((one) => (
        <QuestionCard
          key={one.id}
          asked={one}
          hasKeys={one.id === first}
          sending={sending.get(one.id)}
          problem={problems.get(one.id)}
          onAnswer={(meant) => void answer(one.id, meant)}
        />
      ))}
      {more > 0 && <p className={css.more}>{t('verification.more', { count: more })}</p>}
    </section>
  );
}

/** Sends an answer; what a question says then comes from the server. */
function useAnswers(take: (told: Verification) => void) {
  const textOf = useProblemText();
  const [sending, setSending] = useState<ReadonlyMap<string, Answer>>(new Map());
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const busy = useRef(new Set<string>());
  const answer = useCallback(
    async (id: string, meant: Answer) => {
      if (busy.current.has(id)) return;
      busy.current.add(id);
      setSending((before) => new Map(before).set(id, meant));
      try {
        take(
          await answerOf(
            api.POST('/verifications/{id}/answer', { params: { path: { id } }, body: { answer: meant } }),
          ),
        );
      } catch (error) {
        setProblems((before) => new Map(before).set(id, textOf(error)));
        // Somebody else was faster, or the time is over: the question says which.
        if (error instanceof Problem && error.code === 'question_over') {
          await answerOf(api.GET('/verifications/{id}', { params: { path: { id } } })).then(
            take,
            () => undefined,
          );
        }
      } finally {
        busy.current.delete(id);
        setSending((before) => {
          const after = new Map(before);
          after.delete(id);
          return after;
        });
      }
    },
    [take, textOf],
  );
  return { answer, sending, problems };
}

interface CardProps {
  asked: Asked;
  hasKeys: boolean;
  sending: Answer | undefined;
  problem: string | undefined;
  onAnswer: (answer: Answer) => void;
}

function QuestionCard({ asked, hasKeys, sending, problem, onAnswer }: CardProps) {
  const { t } = useTranslation();
  const name = asked.person?.name ?? asked.person?.user_id ?? null;
  const facts = [
    asked.department,
    asked.person?.name ? asked.person.user_id : null,
    wordOf('methods', asked.method),
    asked.direction === 'exit' ? t('directions.exit') : null,
  ].filter((one) => one !== null);
  const over = asked.ended !== null;
  return (
    <article className={`${css.card} ${over ? css.over : ''}`} aria-label={asked.door_name}>
      <div className={css.head}>
        <strong className="cut" role={over ? undefined : 'alert'}>
          {over ? asked.door_name : t('verification.asks', { door: asked.door_name })}
          <span className="hidden-text">{name ?? t('verification.somebody')}</span>
        </strong>
        {!over && <Seconds asked={asked} />}
      </div>
      <div className={css.who}>
        <Avatar
          name={name ?? '?'}
          person={asked.person?.id}
          photo={asked.person?.photo}
          size={over ? 44 : 96}
          label={t('verification.photo', { name })}
        />
        <div className="cut">
          <div className={css.name}>{name ?? t('verification.somebody')}</div>
          <div className={css.facts}>{facts.join(' · ')}</div>
          {asked.card !== null && <div className={`${css.facts} mono num`}>{asked.card}</div>}
          {asked.flags.map((flag) => (
            <StateWord key={flag} look={flag === 'duress' ? 'bad' : 'waiting'}>
              {t(`verification.flags.${flag}`)}
            </StateWord>
          ))}
        </div>
      </div>
      {over ? (
        <Outcome asked={asked} />
      ) : (
        <>
          <div className={css.actions}>
            <Button size="large" danger disabled={!!sending} onClick={() => onAnswer('denied')}>
              {t('verification.deny')}
              {hasKeys && <kbd aria-hidden>D</kbd>}
            </Button>
            <Button size="large" type="primary" disabled={!!sending} onClick={() => onAnswer('granted')}>
              {t('verification.grant')}
              {hasKeys && <kbd aria-hidden>G</kbd>}
            </Button>
          </div>
          <p className={problem ? css.problem : css.hint} role={problem ? 'alert' : undefined}>
            {problem ?? t('verification.hint')}
          </p>
        </>
      )}
    </article>
  );
}

/** How long the controller still waits, as a number and as a line that grows shorter. */
function Seconds({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const ticking = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(ticking);
  }, []);
  const left = secondsLeft(asked, now);
  const share = Math.min(1, Math.max(0, (asked.until - now) / Math.max(1, asked.patience_ms)));
  const urgent = left <= 5 ? css.urgent : '';
  return (
    <>
      <span className={`${css.seconds} ${urgent} num`} role="timer">
        {t('verification.seconds', { count: left })}
      </span>
      <span className={`${css.line} ${urgent}`} style={{ transform: `scaleX(${share})` }} aria-hidden />
    </>
  );
}

function Outcome({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  const state = asked.state === 'waiting' ? 'unanswered' : asked.state;
  const look = state === 'granted' ? 'granted' : state === 'denied' ? 'denied' : 'quiet';
  return (
    <p className={`${css.outcome} ${css[look]}`} role="status">
      <EventMark look={look} size={18} />
      <span>{t(`verification.${state}`, { by: asked.by ?? '' })}</span>
    </p>
  );
}
