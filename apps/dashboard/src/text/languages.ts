import { de } from './de.ts';
import { en, type Text } from './en.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One catalogue: the compiler refuses a language that lacks an entry. Locales use the 24-hour clock. */
export const CATALOGUE: Readonly<
  Record<Language, { readonly name: string; readonly locale: string; readonly text: Text }>
> = {
  en: { name: 'English', locale: 'en-GB', text: en },
  de: { name: 'Deutsch', locale: 'de-DE', text: de },
};

function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** The language a person chose, else the first of the browser's that we have, else English. */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  for (const tag of preferred) {
    const primary = tag.split('-')[0]?.toLowerCase();
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}
