import '@fontsource-variable/inter/wght.css';
import './base.css';

import { ConfigProvider, theme } from 'antd';
import type { Locale } from 'antd/es/locale';
import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';

import { usePhone } from './phone';

export type ThemeChoice = 'system' | 'light' | 'dark';

const stored_as = 'sallyport.theme';
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
const stillness = window.matchMedia('(prefers-reduced-motion: reduce)');

const ThemeContext = createContext<{ choice: ThemeChoice; choose: (choice: ThemeChoice) => void }>({
  choice: 'system',
  choose: () => {},
});

export const useTheme = () => useContext(ThemeContext);

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(stored_as);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function useMedia(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => query.matches,
  );
}

const palettes = {
  light: {
    colorPrimary: '#5b4bb7',
    // What Ant Design makes of these is too pale to be read.
    colorPrimaryHover: '#6e60c0',
    colorErrorHover: '#d03540',
    colorInfo: '#5b4bb7',
    colorLink: '#5b4bb7',
    colorSuccess: '#167336',
    colorWarning: '#8f5a00',
    colorSuccessBg: '#e3f4e8',
    colorSuccessBorder: '#a9d8b8',
    colorWarningBg: '#fcf1da',
    colorWarningBorder: '#e5cd98',
    colorError: '#c8202c',
    colorTextBase: '#1a1e23',
    colorBgBase: '#ffffff',
    colorBgLayout: '#f5f6f7',
    colorBorder: '#cbd0d6',
    colorBorderSecondary: '#e2e4e8',
    colorTextSecondary: '#545c66',
    colorTextTertiary: '#69717b',
    colorTextPlaceholder: '#69717b',
  },
  dark: {
    colorPrimary: '#7b6bd6',
    colorPrimaryHover: '#7465cc',
    colorInfo: '#7b6bd6',
    colorLink: '#a396f0',
    colorSuccess: '#4cc274',
    colorWarning: '#e0ac4b',
    colorSuccessBg: '#12291a',
    colorSuccessBorder: '#245236',
    colorWarningBg: '#2f2410',
    colorWarningBorder: '#5c4716',
    colorError: '#ff7b7f',
    colorTextBase: '#e8eaed',
    colorBgBase: '#15181b',
    colorBgContainer: '#15181b',
    colorBgElevated: '#1b1f23',
    colorBgLayout: '#0e1012',
    colorBorder: '#3a4149',
    colorBorderSecondary: '#272c32',
    colorTextSecondary: '#a9b0b9',
    colorTextTertiary: '#8b939d',
    colorTextPlaceholder: '#838b95',
  },
} as const;

/** What a finger hits: 40 px, of small buttons as well; what was chosen stays small enough to fit. */
const touched = {
  tokens: { controlHeight: 40, controlHeightSM: 40 },
  components: {
    Button: { paddingInlineSM: 12 },
    DatePicker: {
      cellHeight: 40,
      timeCellHeight: 40,
      textHeight: 40,
      timeColumnWidth: 42,
      multipleItemHeight: 32,
    },
    Select: { multipleItemHeight: 32 },
  },
};
const pointed = {
  tokens: { controlHeight: 32 },
  components: { Button: {}, DatePicker: {}, Select: {} },
};

/** The product's look: neutral greys, one accent, compact parts; state colours are only in base.css. */
export function ThemeProvider({ locale, children }: { locale: Locale | undefined; children: ReactNode }) {
  const [choice, setChoice] = useState(storedChoice);
  const systemIsDark = useMedia(systemDark);
  const still = useMedia(stillness);
  const size = usePhone() ? touched : pointed;
  const dark = choice === 'dark' || (choice === 'system' && systemIsDark);
  const palette = palettes[dark ? 'dark' : 'light'];

  useEffect(() => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', dark ? '#0e1012' : '#f5f6f7');
  }, [dark]);

  const value = useMemo(
    () => ({
      choice,
      choose: (next: ThemeChoice) => {
        localStorage.setItem(stored_as, next);
        setChoice(next);
      },
    }),
    [choice],
  );

  return (
    <ThemeContext.Provider value={value}>
      <ConfigProvider
        {...(locale ? { locale } : {})}
        componentSize="middle"
        button={{ autoInsertSpace: false }}
        theme={{
          cssVar: true,
          hashed: false,
          algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
          token: {
            ...palette,
            fontFamily: 'var(--font)',
            fontFamilyCode: 'var(--mono)',
            fontSize: 13,
            borderRadius: 6,
            ...size.tokens,
            wireframe: false,
            // A menu waits for the end of a movement that base.css has cut to nothing: then it never comes.
            motion: !still,
            motionDurationMid: '0.12s',
            motionDurationSlow: '0.16s',
          },
          components: {
            Table: { cellPaddingBlock: 8, cellPaddingInline: 12, headerBg: 'transparent' },
            // The days of other months can be chosen, and are read.
            DatePicker: { colorTextDisabled: palette.colorTextTertiary, ...size.components.DatePicker },
            Select: size.components.Select,
            Drawer: { paddingLG: 20 },
            Dropdown: { colorPrimary: palette.colorLink },
            Form: { itemMarginBottom: 18, verticalLabelPadding: '0 0 4px' },
            Button: {
              ...size.components.Button,
              defaultHoverColor: palette.colorLink,
              primaryShadow: 'none',
              defaultShadow: 'none',
              dangerShadow: 'none',
              dangerColor: dark ? '#2a0709' : '#ffffff',
            },
          },
        }}
      >
        {children}
      </ConfigProvider>
    </ThemeContext.Provider>
  );
}
