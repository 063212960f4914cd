import { useState } from 'react';

import css from './avatar.module.css';

/** Initials until there is a photo: two letters, or the last two characters of a Chinese name. */
export function initialsOf(name: string): string {
  const trimmed = name.trim();
  if (/[\u3400-\u9fff]/.test(trimmed)) return trimmed.slice(-2);
  const words = trimmed.split(/\s+/);
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
}

interface Props {
  name: string;
  size?: number;
  /** Whose photo it is, and which one of theirs; without one, or where it may not be seen, the initials. */
  person?: string | null | undefined;
  photo?: string | null | undefined;
  /** What the picture says where the name does not stand beside it. */
  label?: string;
}

export function Avatar({ name, size = 26, person, photo, label }: Props) {
  const [missing, setMissing] = useState<string | null>(null);
  const style = { width: size, height: size, fontSize: size * 0.38 };
  if (person && photo && photo !== missing) {
    return (
      <img
        className={css.avatar}
        style={style}
        src={`/api/v1/people/${person}/photo?tag=${photo}`}
        alt={label ?? ''}
        loading="lazy"
        onError={() => setMissing(photo)}
      />
    );
  }
  return (
    <span className={css.avatar} style={style} aria-hidden>
      {initialsOf(name)}
    </span>
  );
}
