// Numbers, durations, distances and times in words, without Intl: the same text on every machine and in every browser. Times are UTC
// and say so; a court reads them beside the log, which is UTC too.
export type Lang = 'fr' | 'de' | 'it' | 'en';

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-11-22 20:05:00 UTC`, by the calendar arithmetic of days since 1970. */
export function time(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const second = Math.floor((ms - days * 86_400_000) / 1000);
  // Days to a civil date: years of 365.2425 days from 1 March of year 0 on.
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * m + 2) / 5) + 1;
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${year}-${two(month)}-${two(day)} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)} UTC`;
}

const MARK: Record<Lang, string> = { fr: ',', de: ',', it: ',', en: '.' };

/** Metres below a kilometre, then kilometres with one place. */
export function distance(mm: number, lang: Lang): string {
  const metres = Math.round(Math.abs(mm) / 1000);
  if (metres < 1000) return `${metres} m`;
  const tenths = Math.round(metres / 100);
  return `${Math.floor(tenths / 10)}${MARK[lang]}${tenths % 10} km`;
}

/** `45 s`, `5 min`, `1 h 30 min`, `2 d 3 h`. */
export function duration(ms: number, lang: Lang): string {
  const seconds = Math.round(ms / 1000);
  const day = lang === 'fr' ? 'j' : lang === 'de' ? 'Tg.' : lang === 'it' ? 'g' : 'd';
  const parts: string[] = [];
  const add = (n: number, unit: string): void => {
    if (n > 0) parts.push(`${n} ${unit}`);
  };
  add(Math.floor(seconds / 86_400), day);
  add(Math.floor(seconds / 3600) % 24, 'h');
  add(Math.floor(seconds / 60) % 60, 'min');
  if (seconds < 3600) add(seconds % 60, 's');
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** A speed in km/h. */
export const speed = (mmps: number): string => `${Math.round((mmps * 36) / 10_000)} km/h`;
export const percent = (pct: number, lang: Lang): string => (lang === 'en' ? `${pct}%` : `${pct} %`);
