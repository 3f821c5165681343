import type { Reason } from '@vigie/model';
import type { Language, Sentence } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';

const LANGUAGES: readonly Language[] = ['fr', 'de', 'it', 'en'];

/** The best of ours that Accept-Language names; French, the language of the sites, when it names none. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: Language = 'fr';
  let bestWeight = 0;
  for (const part of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = LANGUAGES.find((known) => range === known || range.startsWith(`${known}-`));
    const q = parameters.map((p) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find((found) => found !== undefined);
    const weight = q === undefined ? 1 : Number(q);
    if (language !== undefined && weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}

export const sentencesOf = (ports: Pick<ApiPorts, 'sentence'>, reason: Reason): Sentence => ({
  fr: ports.sentence(reason, 'fr'),
  de: ports.sentence(reason, 'de'),
  it: ports.sentence(reason, 'it'),
  en: ports.sentence(reason, 'en'),
});
