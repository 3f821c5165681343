import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementSpans, firstErrorOffset } from './json-scan.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('a text has an error exactly when JSON.parse refuses it', () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '0', 'e', '\n', '\u0001', 'é'))
    .map(([text, at, piece]) => {
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + piece + text.slice(cut + 1);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
      const whole = new TextDecoder().decode(bytesOf(text));
      expect(firstErrorOffset(bytesOf(whole)) === undefined).toBe(isJson(whole));
    }),
    { numRuns: 2_000 },
  );
});
test('the text before the first error can be continued to JSON by somebody', () => {
  expect(firstErrorOffset(bytesOf('{"a":[1,2,x]}'))).toBe(10);
  expect(firstErrorOffset(bytesOf('{"a":1,}'))).toBe(7);
  expect(firstErrorOffset(bytesOf('[1] 2'))).toBe(4);
  expect(firstErrorOffset(bytesOf('"a\\x"'))).toBe(3);
});
test('the spans of a list are the bytes of its elements', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), fc.constantFrom(0, 2), (list, other, indent) => {
      const text = JSON.stringify({ other, reports: list, last: { reports: [1] } }, undefined, indent);
      const bytes = bytesOf(text);
      const spans = elementSpans(bytes, 'reports').map(({ start, end }) =>
        JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))),
      );
      expect(spans).toEqual(JSON.parse(JSON.stringify(list)));
    }),
    { numRuns: 1_000 },
  );
});
test('a number of a million digits is a number', () => {
  const text = `{"reports":[1${'0'.repeat(1_000_000)},-2.5e+3]}`;
  expect(firstErrorOffset(bytesOf(text))).toBeUndefined();
  expect(elementSpans(bytesOf(text), 'reports')).toHaveLength(2);
});
test('of a member that comes twice the last one counts, as in JSON.parse', () => {
  const spans = elementSpans(bytesOf('{"reports":[1,2],"re\\u0070orts" : [ 3 ]}'), 'reports');
  expect(spans).toEqual([{ start: 36, end: 37 }]);
  expect(elementSpans(bytesOf('{"reports":[1,2],"reports":{}}'), 'reports')).toEqual([]);
});
