import type { Reason } from '@vigie/model';
import { expect, test } from 'vitest';
import { distance, duration } from './figures.ts';
import { LANGS, sentence } from './index.ts';
import { SENTENCES } from './sentences.ts';

const reason = (code: string, values: Reason['values'] = {}): Reason => ({
  rule: 'r',
  kind: 'exclusion',
  version: 1,
  code,
  values,
  fixes: [
    {
      deviceId: 'w',
      atMs: Date.UTC(2026, 1, 28, 23, 59, 59),
      latE7: 1,
      lonE7: 1,
      accuracyMm: 15_000,
      distanceMm: -42_400,
    },
  ],
});

test('[RE1] a reason is the same sentence in four languages, with the deciding fix, its distance and accuracy', () => {
  expect(LANGS.map((lang) => sentence(reason('inside_exclusion', { graceMs: 300_000 }), lang))).toEqual([
    'La personne se trouve dans une zone interdite. Position 01.03.2026 00:59:59 UTC+1: 42 m à l’extérieur du bord, précision 15 m. Délai de tolérance: 5 min.',
    'Die Person befindet sich in einer verbotenen Zone. Position 01.03.2026 00:59:59 UTC+1: 42 m ausserhalb des Randes, Genauigkeit 15 m. Toleranzzeit: 5 min.',
    'La persona si trova in una zona vietata. Posizione 01.03.2026 00:59:59 UTC+1: 42 m all’esterno del bordo, precisione 15 m. Tempo di tolleranza: 5 min.',
    'The person is inside a forbidden zone. Position 01.03.2026 00:59:59 UTC+1: 42 m outside the edge, accuracy 15 m. Grace: 5 min.',
  ]);
});

test('[RE2] every code has its text in every language, and an unknown one still gets a sentence', () => {
  for (const code of [...Object.keys(SENTENCES), 'never_heard_of', 'constructor'])
    for (const lang of LANGS) expect(sentence(reason(code, { edgeMs: 0 }), lang)).toMatch(/^[A-ZÀ-Ý0-9].*\.$/);
});

test('distances and durations in words', () => {
  expect([distance(999_499, 'fr'), distance(1_250_000, 'fr'), distance(1_250_000, 'en')]).toEqual([
    '999 m',
    '1,3 km',
    '1.3 km',
  ]);
  expect([duration(0, 'en'), duration(45_000, 'de'), duration(5_400_000, 'it'), duration(183_600_000, 'fr')]).toEqual([
    '0 s',
    '45 s',
    '1 h 30 min',
    '2 j 3 h',
  ]);
});
