// What a replay is held against, each check made to fail once, on a log that was recorded (test/logs says how).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EpochExtent, type OriginMessage, originMessage } from '@vigie/log';
import { type SiteId, fail, ok } from '@vigie/model';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../process/repository-root.ts';
import { type SiteReplay, replaySite } from './replay-site.ts';

type Line = { readonly site: SiteId; readonly epoch: string; readonly seq: number; readonly bytes: string };

const recorded = readFileSync(join(repositoryRoot(), 'test/logs/two-sites-one-cut/log.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((text) => JSON.parse(text) as Line)
  .map(({ site, epoch, seq, bytes }) => originMessage(site, epoch, seq, Buffer.from(bytes, 'base64')));

/** As the recorded log was sealed: every byte is one more. */
const keys = { open: (_: string, bytes: Uint8Array) => ok(bytes.map((byte) => byte - 1)) };
const end = recorded.reduce((last, { entry }) => (entry.ok ? Math.max(last, entry.value.t) : last), 0);
const beginning = recorded.reduce((first, { entry }) => (entry.ok ? Math.min(first, entry.value.t) : first), end);

function replay(
  messages: readonly OriginMessage[],
  o: { readonly untilUs?: number; readonly keys?: Parameters<typeof replaySite>[0]['keys'] } = {},
): Promise<SiteReplay> {
  const extents = new Map<string, EpochExtent>();
  for (const { site, epoch, seq } of messages) extents.set(site + epoch, { site, epoch, lastSeq: seq, sealed: false });
  const source = {
    site: 'noirmont' as const,
    extents: [...extents.values()],
    keys: o.keys ?? keys,
    async *messages() {
      yield* messages;
    },
  };
  return replaySite(source, o.untilUs);
}

test('a log that is whole is what was recorded', async () => {
  const { differences, replay: result } = await replay(recorded);
  expect(differences).toEqual([]);
  expect(result.recorded.compared).toBeGreaterThan(40);
  expect(result.published.filter(({ type }) => type === 'confirmed').length).toBeGreaterThan(10);
});

test('an origin that ends before what the other site has said to hold is named', async () => {
  const last = recorded.findLast(({ site }) => site === 'delemont')?.seq ?? 0;
  const { differences } = await replay(recorded.filter(({ site, seq }) => site !== 'delemont' || seq <= last - 60));
  expect(differences[0]).toMatch(
    new RegExp(`^delemont\\.\\S+ ends at ${last - 60}, but the other site has said to hold it up to \\d+$`),
  );
});

test('digests that were recorded of seconds that the replay does not reach are named', async () => {
  // Nothing of Delémont settles anything: its entries are there, and say nothing.
  const mute = recorded.map((message) =>
    message.site === 'delemont' && message.entry.ok && message.entry.value.t > beginning + 10_000_000
      ? { ...message, entry: fail('malformed-entry', 'made unreadable') }
      : message,
  );
  const { differences, malformedEntries } = await replay(mute);
  expect(malformedEntries).toBeGreaterThan(10);
  expect(differences.some((what) => /^settled state ends at .* was recorded$/.test(what))).toBe(true);
});

test('a key that is not held is named', async () => {
  const missing = { open: (measure: string) => fail('key-missing', measure) };
  const { differences } = await replay(recorded, { keys: missing });
  expect(differences.some((what) => /^the key of measure [0-9a-f]{32} is not held/.test(what))).toBe(true);
});

test('what was known at a time: own entries by then, and of the other site what they had seen', async () => {
  const whole = await replay(recorded, { untilUs: end });
  expect(whole.replay.entries).toBeGreaterThan(recorded.length - 10);
  let before = 0;
  for (const part of [0.25, 0.5, 0.75]) {
    const untilUs = Math.floor(beginning + (end - beginning) * part);
    const { differences, replay: result } = await replay(recorded, { untilUs });
    expect(differences).toEqual([]);
    expect(result.entries).toBeGreaterThan(before);
    expect(result.liveT).toBeLessThanOrEqual(untilUs);
    before = result.entries;
  }
});
