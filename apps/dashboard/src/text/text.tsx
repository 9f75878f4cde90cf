import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { type TimeFormat, timeFormat } from '../format/time.ts';
import type { Text } from './en.ts';
import { CATALOGUE, type Language, pickLanguage } from './languages.ts';

interface TextValue {
  readonly t: Text;
  readonly locale: string;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
}

const STORAGE_KEY = 'ms5.language';
const TextContext = createContext<TextValue | null>(null);

export function TextProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() =>
    pickLanguage(localStorage.getItem(STORAGE_KEY), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo<TextValue>(() => {
    const { text, locale } = CATALOGUE[language];
    return {
      t: text,
      locale,
      language,
      setLanguage: (next) => {
        localStorage.setItem(STORAGE_KEY, next);
        setLanguage(next);
      },
    };
  }, [language]);
  return <TextContext value={value}>{children}</TextContext>;
}

export function useText(): TextValue {
  const value = useContext(TextContext);
  if (value === null) throw new Error('useText needs a TextProvider');
  return value;
}

/** Times in the given zone, in the language chosen. */
export function useTimes(timeZone: string): TimeFormat {
  return timeFormat(timeZone, useText().locale);
}
