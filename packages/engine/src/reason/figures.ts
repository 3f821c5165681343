// Numbers, durations, distances and speeds in words, without Intl: the same text on every machine and in every browser.
export type Lang = 'fr' | 'de' | 'it' | 'en';

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
