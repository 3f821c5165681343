import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventStreamParser, type StreamMessage } from './sse.ts';

function parse(...pieces: readonly string[]): StreamMessage[] {
  const messages: StreamMessage[] = [];
  const parser = new EventStreamParser((message) => messages.push(message));
  for (const piece of pieces) parser.push(piece);
  return messages;
}

const STREAM =
  ': open\n\nid: a:1\ndata: {"n":1}\n\nevent: tick\r\ndata: x\r\ndata: y\r\n\r\nid: a:2\ndata:z\n\n: beat\n\ndata: cut off';

test('messages carry id, event and joined data; comments and unfinished messages are not messages', () => {
  expect(parse(STREAM)).toEqual([
    { id: 'a:1', event: 'message', data: '{"n":1}' },
    { id: 'a:1', event: 'tick', data: 'x\ny' },
    { id: 'a:2', event: 'message', data: 'z' },
  ]);
});

test('however the network cuts the stream, the messages are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      expect(parse(...at.slice(1).map((end, i) => STREAM.slice(at[i], end)))).toEqual(parse(STREAM));
    }),
  );
});

test('a line without end is refused before it fills the memory', () => {
  const parser = new EventStreamParser(() => undefined);
  expect(() => {
    for (let i = 0; i < 20; i++) parser.push('x'.repeat(100_000));
  }).toThrow('longer than');
});
