// Whatever comes in: an answer below 500 that is JSON, and every good report of a readable upload in the log.
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkReport } from '@vigie/model';
import { NOW_MS, type TestSite, fix, startTestSite } from './testing.ts';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(async () => {
  await site.close();
});

let seq = 0;
const good = fc.constant(undefined).map(() => fix(++seq));
const nearly = fc
  .tuple(
    good,
    fc.constantFrom('at', 'lat', 'lon', 'seq', 'boot', 'accuracyM', 'events', 'beacons', 'batteryPct', 'deviceId'),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(1e308, -1e-320, 2 ** 53, 90.00000001, '__proto__', { toString: 1 }, ['\ud800'], '\u0000'),
    ),
  )
  .map(([report, field, value]) => ({ ...report, [field]: value }));
const anything = fc.oneof({ weight: 3, arbitrary: good }, { weight: 3, arbitrary: nearly }, fc.jsonValue());

test('good reports of an upload with bad ones are always kept, and the answer is never a 500', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { maxLength: 12 }), async (reports) => {
      const sent = JSON.parse(JSON.stringify(reports)) as unknown[];
      const wanted = sent
        .map((report) => checkReport(report, 'bracelet-1', NOW_MS))
        .flatMap((verdict) => (verdict.ok ? [verdict.report] : []));
      const { status, body } = await site.upload({ deviceId: 'bracelet-1', reports: sent });
      expect(status).toBe(200);
      expect((body['accepted'] as number) + (body['duplicates'] as number)).toBe(wanted.length);
      expect(body['rejected']).toHaveLength(sent.length - wanted.length);
      const stored = new Set(site.log.reports());
      for (const { boot = -1, seq: n = -1, at } of wanted) expect(stored).toContain(`${boot}.${n}@${at}`);
      expect(site.refused.splice(0)).toHaveLength(sent.length - wanted.length);
    }),
    { numRuns: 300 },
  );
});

test('bytes of any kind are answered, with a problem document or a result', async () => {
  const whole = JSON.stringify({ deviceId: 'bracelet-1', reports: [fix(1), fix(2)] });
  const damaged = fc
    .tuple(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 4 }))
    .map(([at, bytes]) =>
      Buffer.concat([Buffer.from(whole.slice(0, at)), Buffer.from(bytes), Buffer.from(whole.slice(at + 1))]),
    );
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array()), async (bytes) => {
      const { status } = await site.upload(bytes);
      expect([200, 400, 403, 422]).toContain(status);
    }),
    { numRuns: 300 },
  );
});
