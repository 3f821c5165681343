import { expect, test } from 'vitest';
import { de } from './de.ts';
import { en } from './en.ts';
import { type MessageKey, fr } from './fr.ts';
import { it } from './it.ts';
import { preferredLanguage } from './language.ts';
import { unbroken } from './quantities.ts';

const blanks = (sentence: string): readonly string[] => (sentence.match(/\{\{\w+\}\}/g) ?? []).toSorted();

test.for(Object.entries({ de, it, en }))('%s fills the same blanks as French and leaves nothing empty', ([, words]) => {
  const keys = Object.keys(fr) as MessageKey[];
  expect(keys.length).toBeGreaterThan(150);
  expect(keys.filter((key) => words[key] === '')).toEqual([]);
  expect(Object.fromEntries(keys.map((key) => [key, blanks(words[key])]))).toEqual(
    Object.fromEntries(keys.map((key) => [key, blanks(fr[key])])),
  );
  expect(Object.keys(words)).toEqual(keys);
});

test('the language is the first of the browser that we speak, and French when there is none', () => {
  expect(preferredLanguage(['rm-CH', 'it-CH', 'de'])).toBe('it');
  expect(preferredLanguage(['DE'])).toBe('de');
  expect(preferredLanguage(['rm', 'pt-BR'])).toBe('fr');
});

test('a number stays with its unit, and French punctuation with its word', () => {
  expect(unbroken('à 310 m ; limite 500 m.')).toBe('à 310\u00a0m\u00a0; limite 500\u00a0m.');
  expect(unbroken('12 mètres et 3 maisons')).toBe('12 mètres et 3 maisons');
});
