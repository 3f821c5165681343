import type { Language } from '@vigie/api/contract';
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { de } from './de.ts';
import { en } from './en.ts';
import { type MessageKey, fr } from './fr.ts';
import { it } from './it.ts';

export const LANGUAGES: readonly Language[] = ['fr', 'de', 'it', 'en'];
const KEY = 'vigie.language';

/** The first language of the browser that we speak; French, the language of both sites, otherwise. */
export function preferredLanguage(asked: readonly string[]): Language {
  for (const tag of asked) {
    const known = LANGUAGES.find((language) => language === tag.slice(0, 2).toLowerCase());
    if (known !== undefined) return known;
  }
  return 'fr';
}

export async function startLanguages(): Promise<void> {
  const remembered = localStorage.getItem(KEY);
  const resources = Object.fromEntries(
    Object.entries({ fr, de, it, en }).map(([name, translation]) => [name, { translation }]),
  );
  await i18next.use(initReactI18next).init({
    resources,
    lng: preferredLanguage(remembered === null ? navigator.languages : [remembered]),
    fallbackLng: 'fr',
    // Keys are flat and contain dots; React escapes what it draws.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = i18next.language;
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** A key with `_one` and `_other` forms is asked for by its stem. */
export type PluralStem = MessageKey extends infer K ? (K extends `${infer Stem}_other` ? Stem : never) : never;
export type Say = (key: MessageKey | PluralStem, values?: Readonly<Record<string, string | number>>) => string;

export function useWords(): { readonly say: Say; readonly language: Language } {
  const { t, i18n } = useTranslation();
  return { say: (key, values) => t(key, { ...values }), language: preferredLanguage([i18n.language]) };
}

/** A word for something the server names; its own name when it is newer than this page. */
export function wordFor(say: Say, prefix: 'kind' | 'history' | 'order.kind', name: string): string {
  const key = `${prefix}.${name}`;
  return key in fr ? say(key as MessageKey) : name;
}
