import { Input, Segmented, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { CardTechnology, Issuer, IssuerFormat } from './issuer';
import {
  card_technologies,
  cardFrom,
  isBurst,
  issuer_formats,
  rememberedIssuer,
  rememberIssuer,
} from './issuer';
import css from './people.module.css';

/** How long after the last key of a burst without Enter a card is taken. */
const silence_ms = 250;

interface Props {
  onCard: (number: string) => void;
}

/** A field for a desktop issuer, which types like a keyboard. Kinds and formats are chosen once. */
export function CardIssuer({ onCard }: Props) {
  const { t } = useTranslation();
  const [issuer, setIssuer] = useState(rememberedIssuer);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const times = useRef<number[]>([]);
  const silence = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(silence.current), []);
  const format = issuer.formats[issuer.technology];
  const number = cardFrom(typed, format);
  const choose = (changed: Issuer) => {
    rememberIssuer(changed);
    setIssuer(changed);
  };
  const take = (text: string) => {
    window.clearTimeout(silence.current);
    times.current = [];
    const card = cardFrom(text, format);
    setWrong(card === null);
    if (card === null) return;
    setTyped('');
    onCard(card);
  };
  const type = (text: string) => {
    const now = performance.now();
    const before = times.current.at(-1);
    // A card begins anew where half a number was left by hand.
    const isNew = before !== undefined && now - before > 4 * silence_ms && text.length > typed.length;
    const whole = isNew ? text.slice(typed.length) : text;
    times.current = text.length > typed.length && !isNew ? [...times.current, now] : [now];
    setTyped(whole);
    setWrong(false);
    window.clearTimeout(silence.current);
    if (isBurst(times.current)) silence.current = window.setTimeout(() => take(whole), silence_ms);
  };
  return (
    <section className={css.issuer} aria-label={t('issuer.title')}>
      <div className={css.issuerKinds}>
        <Segmented<CardTechnology>
          aria-label={t('issuer.technology')}
          value={issuer.technology}
          onChange={(technology) => choose({ ...issuer, technology })}
          options={card_technologies.map((value) => ({ value, label: t(`issuer.${value}`) }))}
        />
        <Select<IssuerFormat>
          aria-label={t('issuer.format')}
          value={format}
          onChange={(chosen) =>
            choose({ ...issuer, formats: { ...issuer.formats, [issuer.technology]: chosen } })
          }
          options={issuer_formats.map((value) => ({ value, label: t(`issuer.formats.${value}`) }))}
          popupMatchSelectWidth={false}
        />
      </div>
      <Input
        className="mono"
        autoFocus
        value={typed}
        maxLength={24}
        spellCheck={false}
        autoComplete="off"
        placeholder={t('issuer.field')}
        aria-label={t('issuer.field')}
        status={wrong ? 'error' : ''}
        onChange={({ target }) => type(target.value)}
        onPressEnter={(press) => {
          press.preventDefault();
          if (typed.trim() !== '') take(typed);
        }}
      />
      <p className={css.issuerSays} role="status">
        {wrong
          ? t('issuer.wrong', { format: t(`issuer.formats.${format}`) })
          : number !== null && typed !== ''
            ? t('issuer.reads', { number })
            : t('issuer.hint')}
      </p>
    </section>
  );
}
