import type { Sheet } from './csv';
import { decode, parseCsv, Unreadable } from './csv';

const megabytes_at_most = 20;

/** The rows of a chosen file, CSV or Excel. */
export async function sheetOfFile(file: File, language: string): Promise<Sheet> {
  if (file.size > megabytes_at_most << 20) throw new Unreadable('too_large');
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (/\.xls[xm]?$/i.test(file.name)) {
    const { readXlsx } = await import('./xlsx');
    return { ...(await readXlsx(bytes)), encoding: 'xlsx' };
  }
  const { text, encoding } = decode(bytes, language);
  return { ...parseCsv(text), encoding };
}
