import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Preview } from '@vigie/engine/preview';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'vigie-preview-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = join(import.meta.dirname, '../main.ts');
const run = promisify(execFile);

const ZONE = { type: 'circle', center: [6.9965, 47.2562], radiusM: 200 };
/** Degrees of latitude in a metre. */
const METRE = 1 / 111_200;
const order = (more: object = {}) => ({
  caseId: 'JU-1',
  mode: 'active',
  timezone: 'Europe/Zurich',
  devices: [{ deviceId: 'w', role: 'wearer' }],
  rules: [{ ruleId: 'stay-away', kind: 'exclusion', zone: ZONE, bufferM: 300, ...more }],
  // After the clocks went forward; the week that was lived lies before.
  validFrom: '2026-04-06T00:00:00+02:00',
  validTo: '2026-10-01T00:00:00+02:00',
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Seven days from Monday 2 March 2026, a fix every ten minutes at 5 km; at 18:00 local on foot into the zone and back, in a quarter of an hour. */
function week(): string {
  const lines: string[] = [];
  const say = (ms: number, northM: number) =>
    lines.push(
      JSON.stringify({ deviceId: 'w', at: new Date(ms).toISOString(), lat: 47.2562 + northM * METRE, lon: 6.9965 }),
    );
  for (let day = 0; day < 7; day++) {
    const midnight = Date.parse('2026-03-01T23:00:00Z') + day * 86_400_000;
    for (let minute = 0; minute < 1080; minute += 10) say(midnight + minute * 60_000, 5_000);
    for (let minute = 0; minute <= 15; minute++) say(midnight + (1080 + minute) * 60_000, Math.abs(700 - 100 * minute));
    for (let minute = 1110; minute < 1440; minute += 10) say(midnight + minute * 60_000, 5_000);
  }
  return lines.join('\n');
}

async function preview(input: object, ...more: string[]): Promise<Preview & { weeksMoved: number; rejected: number }> {
  const args = [main, 'preview', '--case', file('case.json', input), '--reports', file('week.jsonl', week()), '--json'];
  const { stdout } = await run(process.execPath, [...args, ...more]);
  return JSON.parse(stdout) as Preview & { weeksMoved: number; rejected: number };
}

test('a week that was lived says how many alarms a day the order would bring', async () => {
  const { rules, alarmsPerDay, weeksMoved, days } = await preview(order());
  expect(weeksMoved).toBe(5);
  expect(days).toBeCloseTo(7, 0);
  expect(rules).toMatchObject([
    { kind: 'exclusion', incidents: 7 },
    { kind: 'pre_alert', incidents: 14 },
  ]);
  expect(alarmsPerDay).toBeCloseTo(1, 1);
});

test('an evening stays an evening when the clocks have changed between the week and the order', async () => {
  const schedule = [{ dtstart: '2026-01-01T18:00', duration: 'PT15M', rrule: 'FREQ=DAILY' }];
  expect((await preview(order({ schedule }))).rules).toMatchObject([{ kind: 'exclusion', incidents: 7 }, {}]);
  const hourLater = [{ dtstart: '2026-01-01T19:00', duration: 'PT15M', rrule: 'FREQ=DAILY' }];
  expect((await preview(order({ schedule: hourLater }))).rules).toEqual([]);
});

test('where there is no network alarms come late or not at all, and the share of the time is told', async () => {
  const around = 0.03;
  const [lon, lat] = [6.9965, 47.2562];
  const square = [
    [lon - around, lat - around],
    [lon + around, lat - around],
    [lon + around, lat + around],
    [lon - around, lat + around],
    [lon - around, lat - around],
  ];
  const gaps = { type: 'FeatureCollection', features: [{ geometry: { type: 'Polygon', coordinates: [square] } }] };
  const { coverage, concerns } = await preview(order(), '--coverage-gaps', file('gaps.json', gaps));
  expect(coverage.reports).toBe(7 * 16);
  expect(coverage.longestS).toBeGreaterThanOrEqual(15 * 60);
  expect(coverage.share).toBeCloseTo((7 * 30) / (7 * 1440), 2);
  expect(concerns).toEqual([]);
});

test('police who need longer than the buffer gives are a concern', async () => {
  const { leadTimes, concerns } = await preview(order(), '--police-travel', '900');
  expect(leadTimes).toMatchObject([{ ruleId: 'stay-away', alarms: 7, tooSoon: 7, shortestS: 180 }]);
  expect(concerns[0]).toBe('stay-away: 7 of 7 alarms leave less than the 900 s that the police need');
  expect((await preview(order(), '--police-travel', '60')).concerns).toEqual([]);
});

test('what cannot be read is said, with exit code 2', async () => {
  const bad = run(process.execPath, [main, 'preview', '--case', file('bad.json', '{'), '--reports', 'none']);
  await expect(bad).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be read') as string });
});
