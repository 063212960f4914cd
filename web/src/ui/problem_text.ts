import type { FormInstance } from 'antd';
import i18next from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import type { FieldError } from '../api/problem';
import { Problem } from '../api/problem';

// The server's sentence is English and names what is concerned; other languages have a sentence per code.
function sentenceOf(group: 'problems' | 'field_errors', code: string, english: string): string {
  const key = `${group}.${code}`;
  if (i18next.language === 'en' && english !== '' && code !== 'no_connection') return english;
  return i18next.exists(key) ? String(i18next.t(key as never)) : english;
}

// What stands beside no field of a form, of the problems that a form has shown.
const left_over = new WeakMap<Problem, FieldError[]>();

/** Wrong fields are named one by one where no form does it: "Some fields are wrong." would help nobody. */
function problemText(problem: Problem): string {
  const wrong = left_over.get(problem) ?? problem.errors;
  if (problem.code !== 'invalid' || wrong.length === 0)
    return sentenceOf('problems', problem.code, problem.message);
  return [...new Set(wrong.map(fieldText))].join(' ');
}

export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return useCallback(
    (error) => (error instanceof Problem ? problemText(error) : t('problems.internal')),
    [t],
  );
}

export const fieldText = (error: FieldError) => sentenceOf('field_errors', error.code, error.message);

/**
 * Puts the words of a problem next to the fields that it names, and answers whether all of it found a place.
 * Field names of the contract are the names of the form's items unless `place` says otherwise.
 */
export function showFieldErrors<T>(
  form: FormInstance<T>,
  error: unknown,
  place: (field: string) => (string | number)[] | null = (field) =>
    field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
): boolean {
  if (!(error instanceof Problem) || error.errors.length === 0) return false;
  const left = error.errors.filter((fault) => {
    const name = place(fault.field);
    if (name === null || form.getFieldInstance(name as never) === undefined) return true;
    form.setFields([{ name: name as never, errors: [fieldText(fault)] }]);
    return false;
  });
  left_over.set(error, left);
  const first = error.errors.map((fault) => place(fault.field)).find((name) => name !== null);
  if (first) form.scrollToField(first as never, { block: 'center', focus: true });
  return left.length === 0;
}
