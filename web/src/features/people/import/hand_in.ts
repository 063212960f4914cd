// Many people on their way to the platform: handed in a thousand at a time, looked at, then taken.
import type { ImportRow, PeopleImport } from '../../../api/client';
import { api } from '../../../api/client';
import type { FieldError } from '../../../api/problem';
import { answerOf } from '../../../api/problem';

const rows_per_call = 1_000;
export const rows_at_most = 50_000;

export interface RowFault extends FieldError {
  /** Of all rows, from 0. */
  row: number;
}

/** Nothing is written yet. `onRows` hears how many the platform has looked at. */
export async function handIn(
  rows: readonly ImportRow[],
  existing: PeopleImport['existing'],
  onRows: (done: number) => void,
  signal: AbortSignal,
): Promise<{ id: string; faults: RowFault[] }> {
  const { id } = await answerOf(api.POST('/people/import', { body: { existing }, signal }));
  const faults: RowFault[] = [];
  for (let from = 0; from < rows.length; from += rows_per_call) {
    const people = rows.slice(from, from + rows_per_call);
    const answer = await answerOf(
      api.POST('/people/import/{id}/rows', { params: { path: { id } }, body: { people }, signal }),
    );
    for (const fault of answer.faults) {
      const [, row, ...field] = fault.field.split('.');
      faults.push({ ...fault, row: from + Number(row), field: field.join('.') });
    }
    onRows(from + people.length);
  }
  return { id, faults };
}

export const beginImport = (id: string) =>
  answerOf(api.POST('/people/import/{id}/begin', { params: { path: { id } } }));
export const cancelImport = (id: string) =>
  answerOf(api.DELETE('/people/import/{id}', { params: { path: { id } } }));
