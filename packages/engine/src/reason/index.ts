// A reason as a sentence for people: one function for console, API and report, so that all three say the same.
import { type Reason, type ReasonFix, swissTime } from '@vigie/model';
import { type Lang, distance, duration } from './figures.ts';
import { SENTENCES, UNKNOWN_CODE } from './sentences.ts';

export type { Lang } from './figures.ts';
export const LANGS: readonly Lang[] = ['fr', 'de', 'it', 'en'];

const WORDS = {
  fr: {
    fix: 'Position',
    inside: 'à l’intérieur du bord',
    outside: 'à l’extérieur du bord',
    accuracy: 'précision',
    grace: 'délai de tolérance',
  },
  de: {
    fix: 'Position',
    inside: 'innerhalb des Randes',
    outside: 'ausserhalb des Randes',
    accuracy: 'Genauigkeit',
    grace: 'Toleranzzeit',
  },
  it: {
    fix: 'Posizione',
    inside: 'all’interno del bordo',
    outside: 'all’esterno del bordo',
    accuracy: 'precisione',
    grace: 'tempo di tolleranza',
  },
  en: { fix: 'Position', inside: 'inside the edge', outside: 'outside the edge', accuracy: 'accuracy', grace: 'grace' },
} as const;

/** What happened, the deciding fix with distance and accuracy, and the grace that was given. */
export function sentence(reason: Reason, lang: Lang): string {
  const texts = Object.hasOwn(SENTENCES, reason.code) ? SENTENCES[reason.code] : undefined;
  const parts = [(texts ?? UNKNOWN_CODE)[lang](reason.values)];
  const fix = reason.fixes[0];
  if (fix !== undefined) parts.push(fixText(fix, lang));
  const graceMs = reason.values['graceMs'] ?? 0;
  if (graceMs > 0) parts.push(`${capital(WORDS[lang].grace)}: ${duration(graceMs, lang)}.`);
  return parts.join(' ');
}

function fixText(fix: ReasonFix, lang: Lang): string {
  const words = WORDS[lang];
  const facts: string[] = [];
  if (fix.distanceMm !== undefined)
    facts.push(`${distance(fix.distanceMm, lang)} ${fix.distanceMm >= 0 ? words.inside : words.outside}`);
  if (fix.accuracyMm !== undefined && fix.accuracyMm > 0)
    facts.push(`${words.accuracy} ${distance(fix.accuracyMm, lang)}`);
  return `${words.fix} ${swissTime(fix.atMs)}${facts.length > 0 ? `: ${facts.join(', ')}` : ''}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
