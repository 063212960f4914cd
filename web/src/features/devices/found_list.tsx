import { Checkbox, Input } from 'antd';
import { useTranslation } from 'react-i18next';

import { StateWord } from '../../ui/marks';
import { useProblemText } from '../../ui/problem_text';
import css from './devices.module.css';

export interface Candidate {
  key: string;
  address: string;
  port: number;
  serial: string;
  model: string;
  /** null: not known before it was tried. */
  initialised: boolean | null;
  fingerprint: string | null;
  /** Added already. */
  here: boolean;
  /** It has dialled in, and nobody has added it. */
  waiting?: boolean;
  /** Somebody said that it speaks without encryption. */
  inClear?: boolean;
}

/** Where a device is reached; with the port 0 it dials in, and the address is its name there. */
export const placeOf = ({ address, port }: { address: string; port: number }): string =>
  port === 0 ? address : `${address}:${port}`;

export interface Outcome {
  state: 'adding' | 'added' | 'failed';
  error?: unknown;
  initialised?: boolean;
}

interface Props {
  candidates: Candidate[];
  /** Of those that are selected. */
  names: ReadonlyMap<string, string>;
  /** Names are asked for: the ones that are missing are marked. */
  asked: boolean;
  /** Whose fingerprint somebody has compared. */
  compared: ReadonlySet<string>;
  outcomes: ReadonlyMap<string, Outcome>;
  /** With a name: selected; with null: not. */
  onChoose: (key: string, name: string | null) => void;
  onCompare: (key: string, same: boolean) => void;
}

export function FoundList({ candidates, names, asked, compared, outcomes, onChoose, onCompare }: Props) {
  const { t } = useTranslation();
  return (
    <ul className={css.found} aria-label={t('devices.found')}>
      {candidates.map((item) => (
        <Found
          key={item.key}
          item={item}
          name={item.here ? null : (names.get(item.key) ?? null)}
          asked={asked}
          compared={compared.has(item.key)}
          outcome={outcomes.get(item.key)}
          onChoose={onChoose}
          onCompare={onCompare}
        />
      ))}
    </ul>
  );
}

interface FoundProps {
  item: Candidate;
  name: string | null;
  asked: boolean;
  compared: boolean;
  outcome: Outcome | undefined;
  onChoose: Props['onChoose'];
  onCompare: Props['onCompare'];
}

function Found({ item, name, asked, compared, outcome, onChoose, onCompare }: FoundProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const title = placeOf(item);
  const nameless = asked && name?.trim() === '';
  const uncompared = asked && name !== null && item.port === 0 && !compared;
  return (
    <li className={item.here ? css.here : ''}>
      <Checkbox
        checked={name !== null}
        disabled={item.here}
        onChange={(change) => onChoose(item.key, change.target.checked ? '' : null)}
      >
        <span className={css.foundTitle}>
          <span className="num">{title}</span>
          <span className="quiet cut">{[item.model, item.serial].filter(Boolean).join(' · ')}</span>
        </span>
      </Checkbox>
      <span className={css.foundState}>
        <FoundState item={item} />
      </span>
      {name !== null && (
        <label className={css.foundName}>
          <span>{t('devices.name')}</span>
          <Input
            autoFocus
            value={name}
            maxLength={64}
            placeholder={t('devices.name_hint')}
            status={nameless ? 'error' : ''}
            aria-invalid={nameless}
            onChange={(change) => onChoose(item.key, change.target.value)}
          />
        </label>
      )}
      {nameless && (
        <p className={css.foundError} role="alert">
          {t('common.name_missing')}
        </p>
      )}
      {name !== null && item.fingerprint !== null && (
        <div className={css.foundPrint}>
          {t('devices.fingerprint')}
          <Fingerprint of={item.fingerprint} />
          <Checkbox checked={compared} onChange={(change) => onCompare(item.key, change.target.checked)}>
            {t('devices.certificate_same')}
          </Checkbox>
          <p>{t(item.port === 0 ? 'devices.certificate_of_name' : 'devices.certificate_hint')}</p>
        </div>
      )}
      {uncompared && (
        <p className={css.foundError} role="alert">
          {t('devices.certificate_compare')}
        </p>
      )}
      {outcome?.state === 'failed' && (
        <p className={css.foundError} role="alert">
          {textOf(outcome.error)}
        </p>
      )}
    </li>
  );
}

function FoundState({ item }: { item: Candidate }) {
  const { t } = useTranslation();
  if (item.here) return <StateWord look="good">{t('devices.already')}</StateWord>;
  if (item.inClear) return <StateWord look="bad">{t('devices.in_clear')}</StateWord>;
  if (item.initialised === false) return <StateWord look="waiting">{t('devices.not_initialised')}</StateWord>;
  if (item.port === 0)
    return <StateWord look="waiting">{t(item.waiting ? 'devices.waiting' : 'devices.dials_in')}</StateWord>;
  if (item.initialised === true) return <span className="quiet">{t('devices.ready')}</span>;
  return null;
}

/** What people type of a fingerprint: with colons or spaces, or without. */
export const print_form = /^([0-9A-Fa-f]{2}[: ]*){32}$/;
export const plainPrint = (text: string | undefined) => text?.replaceAll(/[: ]/g, '').toLowerCase() ?? '';

/** In groups of eight, four on a line, as the front panel shows it. */
export function Fingerprint({ of }: { of: string }) {
  const groups = of
    .replaceAll(':', '')
    .toLowerCase()
    .match(/.{1,8}/g);
  return <code className={`mono ${css.print}`}>{groups?.join(' ')}</code>;
}
