// Previews in their own thread: what they answer is what the engine says, and there is an end to how many are asked for.
import { expect, onTestFinished, test, vi } from 'vitest';
import type { PreviewJob } from '@vigie/api';
import { type Report, degreesToE7, encodeReportBatch, fixTimeMs } from '@vigie/model';
import { compileNewCase } from '@vigie/orders';
import { PREVIEWS_MAX, Previews } from './previews.ts';

// Each preview starts a thread of its own, one after the other; on a busy machine that takes a second each.
vi.setConfig({ testTimeout: 60_000 });

const MONDAY = Date.parse('2026-11-16T00:00:00Z');
const DAY_MS = 86_400_000;
const HOME = { lat: 47.2562, lon: 6.9965 };

const compiled = compileNewCase({
  caseId: 'JU-1',
  authority: 'JU',
  legalBasis: 'StGB 79b',
  mode: 'active',
  timezone: 'Europe/Zurich',
  devices: [{ deviceId: 'wearer', role: 'wearer' }],
  // Begins after the days that were lived: they are moved to where it is valid.
  validFrom: '2026-12-01T00:00:00Z',
  validTo: '2027-12-01T00:00:00Z',
  rules: [
    {
      ruleId: 'night',
      kind: 'inclusion',
      zone: { type: 'circle', center: [HOME.lon, HOME.lat], radiusM: 200 },
      schedule: [{ dtstart: '2026-01-01T20:00', duration: 'PT10H', rrule: 'FREQ=DAILY' }],
    },
  ],
});
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const { recorded } = compiled.value;

/** Every evening from 21:00 to 22:00 UTC a kilometre from home; a report each quarter of an hour. */
function lived(days: number): Report[] {
  const reports: Report[] = [];
  for (let quarter = 0; quarter < days * 96; quarter++) {
    const isAway = quarter % 96 >= 84 && quarter % 96 < 88;
    reports.push({
      deviceId: 'wearer',
      boot: 1,
      seq: quarter + 1,
      at: fixTimeMs(MONDAY + quarter * 900_000),
      latE7: degreesToE7(HOME.lat + (isAway ? 0.01 : 0)),
      lonE7: degreesToE7(HOME.lon),
      accuracyMm: 5_000,
      events: 0,
    });
  }
  return reports;
}
function jobOf(reports: readonly Report[], more: Partial<PreviewJob> = {}): PreviewJob {
  const batches: Uint8Array[] = [];
  for (let i = 0; i < reports.length; i += 50) batches.push(encodeReportBatch('wearer', reports.slice(i, i + 50)));
  return { recorded, batches, fromMs: MONDAY, toMs: MONDAY + 31 * DAY_MS, coverageGaps: [], ...more };
}
function opened(): { readonly previews: Previews; readonly said: string[] } {
  const said: string[] = [];
  const previews = new Previews((detail) => said.push(detail));
  onTestFinished(() => previews.close());
  return { previews, said };
}

test('a week that was lived, under an order that begins later: one alarm an evening', async () => {
  const { previews } = opened();
  const reports = lived(7);
  const answer = await previews.run(jobOf([...reports, ...reports.slice(0, 50)]));
  expect(answer).toMatchObject({
    ok: true,
    value: { reports: reports.length, weeksMoved: 3, rules: [{ ruleId: 'night', kind: 'inclusion', incidents: 7 }] },
  });
});

test('only the time that was asked about counts, and none at all is said', async () => {
  const { previews } = opened();
  const two = await previews.run(jobOf(lived(7), { toMs: MONDAY + 2 * DAY_MS }));
  expect(two).toMatchObject({ ok: true, value: { rules: [{ incidents: 2 }] } });
  const none = await previews.run(jobOf(lived(7), { fromMs: 0, toMs: 1 }));
  expect(none).toMatchObject({ ok: false, error: { kind: 'invalid-input', fields: [{ field: 'from' }] } });
});

test(`of more than ${PREVIEWS_MAX} at once the others are refused, and later ones are taken again`, async () => {
  const { previews } = opened();
  const jobs = Array.from({ length: PREVIEWS_MAX + 1 }, () => previews.run(jobOf(lived(1))));
  const answers = await Promise.all(jobs);
  expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.kind))).toEqual([
    ...Array.from({ length: PREVIEWS_MAX }, () => 'ok'),
    'overloaded',
  ]);
  expect((await previews.run(jobOf(lived(1)))).ok).toBe(true);
});

test('what cannot be folded ends its thread, is said, and harms no other', async () => {
  const { previews, said } = opened();
  const broken = await previews.run(jobOf([], { batches: [new Uint8Array([1, 2, 3])] }));
  expect(broken).toMatchObject({ ok: false, error: { kind: 'internal' } });
  expect(said).toEqual(['a preview failed']);
  expect((await previews.run(jobOf(lived(1)))).ok).toBe(true);
});

test('a site that is stopped gives up what runs, and takes no more', async () => {
  const { previews } = opened();
  const running = previews.run(jobOf(lived(7)));
  const waiting = previews.run(jobOf(lived(7)));
  await previews.close();
  for (const one of [running, waiting, previews.run(jobOf(lived(1)))])
    expect(await one).toMatchObject({ ok: false, error: { kind: 'starting' } });
});
