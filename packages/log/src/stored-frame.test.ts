import { encodeEntry, logTimeUs } from '@vigie/model';
import { expect, test } from 'vitest';
import { originMessage } from './origin-message.ts';
import { decodeStored, encodeStored } from './stored-frame.ts';

const bytes = encodeEntry({ v: 1, entryId: 'e', t: logTimeUs(1), kind: 'heartbeat', seen: null, items: [] });
const messages = [
  originMessage('noirmont', '1-n', 7, bytes, 1_795_350_000_000_001),
  originMessage('noirmont', '1-n', 8, new Uint8Array()),
];

test('stored entries read back as they were, poison included, and a cut is noticed wherever it is', () => {
  const frames = new Uint8Array(Buffer.concat(messages.map(encodeStored)));
  expect(decodeStored('noirmont', '1-n', frames)).toEqual(messages);
  const whole = encodeStored(messages[0] as (typeof messages)[0]).length;
  const cuts = Array.from({ length: frames.length - 1 }, (_, i) => i + 1).filter((cut) => cut !== whole);
  expect(cuts.filter((cut) => decodeStored('noirmont', '1-n', frames.subarray(0, cut)) !== undefined)).toEqual([]);
});
