import type { Locale } from 'antd/es/locale';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import type { Language } from '../api/client';
import type { Words } from './words/en';
import type { enEntry } from './words/en_entry';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'words';
    resources: { words: Words };
    returnNull: false;
  }
}

const stored_as = 'sallyport.language';

/** How far the words of a language are here: those of the page before somebody has signed in, or all. */
type Reach = 'entry' | 'whole';

async function entryWordsOf(language: Language): Promise<typeof enEntry> {
  if (language === 'zh') return (await import('./words/zh_entry')).zhEntry;
  return (await import('./words/en_entry')).enEntry;
}

/** The heads of a calendar are named by the month and the year that stand in them, not by what they do. */
const plain = (locale: Locale): Locale => {
  if (!locale.DatePicker) return locale;
  const lang = { ...locale.DatePicker.lang, monthSelect: '', yearSelect: '' };
  const DatePicker = { ...locale.DatePicker, lang };
  return { ...locale, DatePicker, Calendar: DatePicker };
};

async function catalogueOf(language: Language): Promise<{ words: Words; locale: Locale }> {
  if (language === 'zh') {
    const [{ zh }, locale] = await Promise.all([import('./words/zh'), import('antd/locale/zh_CN')]);
    await import('dayjs/locale/zh-cn');
    return { words: zh, locale: plain(locale.default) };
  }
  const [{ en }, locale] = await Promise.all([import('./words/en'), import('antd/locale/en_GB')]);
  return { words: en, locale: plain(locale.default) };
}

export function storedLanguage(): Language | null {
  const stored = localStorage.getItem(stored_as);
  return stored === 'en' || stored === 'zh' ? stored : null;
}

export function guessedLanguage(): Language {
  return storedLanguage() ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
}

const locales = new Map<Language, Locale>();
let wanted: Language = 'en';
let reach: Reach = 'whole';

async function loadEntryWords(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'words')) return;
  const words = await entryWordsOf(language);
  if (!locales.has(language)) i18next.addResourceBundle(language, 'words', words);
}

/** Makes all words of a language known, beside those of the page. */
export async function loadWords(language: Language): Promise<void> {
  if (locales.has(language)) return;
  const { words, locale } = await catalogueOf(language);
  locales.set(language, locale);
  i18next.addResourceBundle(language, 'words', words);
}

/** For what needs more than the page before somebody has signed in: all words, from now on. */
export async function wantAllWords(): Promise<void> {
  reach = 'whole';
  await loadWords(wanted);
}

export async function startWords(language: Language, first: Reach = 'whole'): Promise<void> {
  reach = first;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: ['words'],
    defaultNS: 'words',
    resources: {},
    interpolation: { escapeValue: false },
    // Words that come later bring the texts of the components of Ant Design along.
    react: { useSuspense: false, bindI18nStore: 'added' },
    showSupportNotice: false,
  });
  await speak(language);
}

/** Changes the language of the page at once and keeps it for the next visit of this browser. */
export async function speak(language: Language, remember: 'remember' | 'for_now' = 'for_now'): Promise<void> {
  wanted = language;
  if (remember === 'remember') localStorage.setItem(stored_as, language);
  await (reach === 'whole' ? loadWords(language) : loadEntryWords(language));
  if (wanted !== language) return;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  await i18next.changeLanguage(language);
}

/** Undefined before all words of the language are known: the page of then shows none of these texts. */
export function localeOf(language: string): Locale | undefined {
  return locales.get(language as Language);
}

/** The catalogue's word for a value of the contract, or the value itself when it is newer than this page. */
export function wordOf(group: string, value: string): string {
  const key = `${group}.${value}`;
  return i18next.exists(key) ? String(i18next.t(key as never)) : value;
}
