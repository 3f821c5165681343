// Numbers and times as people in Switzerland write them.
import type { Language } from '@vigie/api/contract';
import type { Say } from './language.ts';

const LOCALES: Readonly<Record<Language, string>> = { fr: 'fr-CH', de: 'de-CH', it: 'it-CH', en: 'en-GB' };
const ZONE = 'Europe/Zurich';

const clocks = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`;
  let made = clocks.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(LOCALES[language], { timeZone: ZONE, hourCycle: 'h23', ...options });
    clocks.set(key, made);
  }
  return made;
}

export const clockTime = (language: Language, at: string | number): string =>
  format(language, 'time', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(at));

export const dayAndTime = (language: Language, at: string | number): string =>
  format(language, 'day', {
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(at));

export const date = (language: Language, at: string): string =>
  format(language, 'date', { day: '2-digit', month: '2-digit', year: 'numeric' }).format(new Date(at));

/** Whole seconds, minutes, hours or days, rounded down; a small negative age is the clocks' difference and counts as 0. */
export function age(say: Say, ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return say('age.s', { n: seconds });
  if (seconds < 3600) return say('age.min', { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return say('age.h', { n: Math.floor(seconds / 3600) });
  return say('age.d', { n: Math.floor(seconds / 86_400) });
}

export function metres(language: Language, value: number): string {
  const far = Math.abs(value) >= 10_000;
  return new Intl.NumberFormat(LOCALES[language], {
    style: 'unit',
    unit: far ? 'kilometer' : 'meter',
    maximumFractionDigits: far || Math.abs(value) < 10 ? 1 : 0,
  }).format(far ? value / 1000 : value);
}

export const milliseconds = (language: Language, ms: number): string =>
  ms < 1000
    ? `${Math.round(ms)} ms`
    : `${new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1 }).format(ms / 1000)} s`;

/** A number stays on one line with its unit, and French punctuation with its word: sentences come with plain spaces. */
export const unbroken = (sentence: string): string =>
  sentence.replace(/(\d) (?=(?:m|km|s|min|h|%)(?!\p{L}))/gu, '$1\u00a0').replace(/ (?=[;:!?»])/g, '\u00a0');

/** A time to answer: tenths below ten seconds, then whole seconds, then minutes. */
export function seconds(language: Language, s: number): string {
  if (s >= 600) return `${Math.round(s / 60)} min`;
  const digits = s < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits }).format(s)} s`;
}

export const percent = (language: Language, share: number): string =>
  new Intl.NumberFormat(LOCALES[language], { style: 'percent', maximumFractionDigits: 1 }).format(share);

export const number = (language: Language, value: number): string =>
  new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1 }).format(value);

/** A length of time in its two largest units: 1 h 20 min, 45 s. */
export function duration(say: Say, s: number): string {
  const whole = Math.round(s);
  const [h, min] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (h > 0) return min === 0 ? say('age.h', { n: h }) : `${say('age.h', { n: h })} ${say('age.min', { n: min })}`;
  if (min > 0)
    return whole % 60 === 0 || min >= 10
      ? say('age.min', { n: min })
      : `${say('age.min', { n: min })} ${say('age.s', { n: whole % 60 })}`;
  return say('age.s', { n: whole });
}

/** Monday to Sunday, short. */
export const weekdays = (language: Language): readonly string[] =>
  // 5 January 2026 was a Monday.
  Array.from({ length: 7 }, (_, i) =>
    new Intl.DateTimeFormat(LOCALES[language], { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2026, 0, 5 + i)),
  );
