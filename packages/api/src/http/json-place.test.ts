import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonErrorOffset, placeOf } from './json-place.ts';

test.for([
  ['', 0],
  ['{', 1],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['[1,2,]', 5],
  ['[1 2]', 3],
  ['nul', 0],
  ['{"a":undefined}', 5],
  ['{"a":1}x', 7],
  ['"tab\tinside"', 0],
  ['01', 1],
  ["{'a':1}", 1],
  ['[1}', 2],
] as const)('%s stops being JSON at %i', ([text, offset]) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(jsonErrorOffset(text)).toBe(offset);
});

test('places count lines and columns from 1', () => {
  const text = '{\n  "a": 1,\n  "b": ]\n}';
  expect(placeOf(text, jsonErrorOffset(text))).toBe('line 3, column 8');
});

test('valid JSON has its end as the place, and no text makes it loop', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, text) => {
      expect(jsonErrorOffset(json)).toBe(json.length);
      expect(jsonErrorOffset(text)).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('one character changed: the place is where the engine sees it, or the beginning of the word it is in', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('{', '}', '[', ']', ',', ':', '"', 'x', '1'), (json, at, c) => {
      const i = at % (json.length + 1);
      const text = json.slice(0, i) + c + json.slice(i + 1);
      let position: number | undefined;
      try {
        JSON.parse(text);
        position = text.length;
      } catch (cause) {
        // The engine counts into a string or literal; here the place is where that begins.
        position = Number(/at position (\d+)/.exec((cause as Error).message)?.[1] ?? text.length);
      }
      expect(jsonErrorOffset(text)).toBeLessThanOrEqual(position);
    }),
  );
});
