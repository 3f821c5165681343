// Whole days as a court would look at them: real drift of a phone that lies at home, and a weekend's pass, also over a change of clocks.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileCase } from '@vigie/orders';
import { expect, test } from 'vitest';
import { Evaluation, type OutputLine } from './evaluate.ts';

const root = join(import.meta.dirname, '../../../..');
const phones = join(process.env['VIGIE_DATA'] ?? join(root, '../shared/data'), 'tracks/saopaulo-phones');

interface Fix {
  readonly atMs: number;
  readonly lat: number;
  readonly lon: number;
  readonly accuracyM?: number;
}

/** What the rule raises. */
function incidents(rule: object, fixes: readonly Fix[], untilMs?: number): OutputLine[] {
  const compiled = compileCase({
    caseId: 'JU-1',
    mode: 'active',
    timezone: 'Europe/Zurich',
    devices: [{ deviceId: 'w', role: 'wearer' }],
    rules: [{ ruleId: 'r', ...rule }],
    validFrom: '2026-01-01T00:00:00Z',
    validTo: '2027-01-01T00:00:00Z',
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error.fields));
  const output: OutputLine[] = [];
  const evaluation = new Evaluation(compiled.value.recorded, (line) => output.push(line));
  for (const [seq, { atMs, ...where }] of fixes.entries())
    evaluation.line(JSON.stringify({ deviceId: 'w', boot: 1, seq, at: new Date(atMs).toISOString(), ...where }), seq);
  evaluation.finish(untilMs);
  expect(output.at(-1)).toMatchObject({ type: 'summary', reports: fixes.length, rejected: 0 });
  return output.filter(({ type, kind }) => type === 'incident' && kind === (rule as { kind: string }).kind);
}

/** The nights of one phone at one place, one after the other, the time between them cut out. */
const AT_HOME = [
  ['sp-6abd012c-0729.csv', 760, 1375],
  ['sp-6abd012c-0730.csv', 0, 524],
  ['sp-6abd012c-0731.csv', 0, 553],
] as const;
const DAY_MS = 24 * 3_600_000;

function driftOfADay(): Fix[] {
  const start = Date.parse('2026-03-10T00:00:00Z');
  const fixes: Fix[] = [];
  let shiftMs = start;
  for (const [file, from, to] of AT_HOME) {
    const rows = readFileSync(join(phones, file), 'utf8')
      .trim()
      .split('\n')
      .slice(1 + from, 1 + to);
    const read = rows.map((row): Fix => {
      const [, time = '', lat, lon, accuracy = ''] = row.split(',');
      const where = { atMs: Date.parse(time), lat: Number(lat), lon: Number(lon) };
      return accuracy === '' ? where : { ...where, accuracyM: Number(accuracy) };
    });
    const first = read[0]?.atMs ?? 0;
    for (const fix of read) fixes.push({ ...fix, atMs: fix.atMs - first + shiftMs });
    shiftMs = (fixes.at(-1)?.atMs ?? 0) + 60_000;
  }
  return fixes.filter(({ atMs }) => atMs < start + DAY_MS);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
/** A square of 3 km, one edge of which goes through the middle of the fixes. */
function squareBeside(fixes: readonly Fix[], east: number, north: number): object {
  const [lon, lat] = [median(fixes.map((fix) => fix.lon)), median(fixes.map((fix) => fix.lat))];
  const [x, y] = [lon + east * 0.015, lat + north * 0.0135];
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
    [-1, -1],
  ].map(([dx = 0, dy = 0]) => [x + dx * 0.015, y + dy * 0.0135]);
  return { type: 'Polygon', coordinates: [corners] };
}
const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

test('[PL11] 24 hours of real drift on a border, with a dwell of half an hour: at most one alarm, on whichever side', (context) => {
  if (!existsSync(phones)) return context.skip(`no development data at ${phones}: set VIGIE_DATA`);
  const fixes = driftOfADay();
  expect(fixes.length).toBeGreaterThan(1_000);
  expect((fixes.at(-1)?.atMs ?? 0) - (fixes[0]?.atMs ?? 0)).toBeGreaterThan(23.5 * 3_600_000);
  const alarms = (kind: string, dwellS: number, isAccuracyKept: boolean): number[] =>
    SIDES.map(([east, north]) => {
      const heard = isAccuracyKept ? fixes : fixes.map(({ atMs, lat, lon }) => ({ atMs, lat, lon }));
      return incidents({ kind, zone: squareBeside(fixes, east, north), dwellS }, heard).length;
    });
  for (const kind of ['exclusion', 'inclusion'])
    expect(Math.max(...alarms(kind, 1_800, true)), kind).toBeLessThanOrEqual(1);
  // The day is a hard one: judged by bare points, without the dwell, it is a series.
  expect(Math.max(...alarms('exclusion', 0, false))).toBeGreaterThan(10);
});

// Sunday 16:00 is 43, 44 or 45 hours after Friday 20:00: hours of a duration are exact (SC3).
test.for([
  ['in winter', '2026-03-20', 'P1DT20H', '2026-03-20T19:00:00Z', '2026-03-22T15:00:00Z'],
  ['into summer time', '2026-03-27', 'P1DT19H', '2026-03-27T19:00:00Z', '2026-03-29T14:00:00Z'],
  ['out of summer time', '2026-10-23', 'P1DT21H', '2026-10-23T18:00:00Z', '2026-10-25T15:00:00Z'],
] as const)(
  '[SC3] [SC7] [PL8] away with a pass from Friday 20:00 to Sunday 16:00 is no alarm, a minute more at either end is one: %s',
  ([, friday, duration, fromText, toText]) => {
    const away = { lat: 47.3, lon: 7.1 };
    const home = { lat: 47.2562, lon: 6.9965 };
    const rule = {
      kind: 'inclusion',
      zone: { type: 'circle', center: [home.lon, home.lat], radiusM: 200 },
      passes: [{ dtstart: `${friday}T20:00`, duration }],
    };
    const [from, to] = [Date.parse(fromText), Date.parse(toText)];
    const openedAt = (leavesMs: number, returnsMs: number): unknown[] => {
      const fixes: Fix[] = [];
      for (let atMs = from - 3_600_000; atMs <= to + 3_600_000; atMs += 60_000)
        fixes.push({ atMs, ...(atMs >= leavesMs && atMs < returnsMs ? away : home) });
      return incidents(rule, fixes).map((incident) => Date.parse(incident['openedAt'] as string));
    };
    expect(openedAt(from, to)).toEqual([]);
    expect(openedAt(from, to + 60_000)).toEqual([to]);
    expect(openedAt(from - 60_000, to)).toEqual([from - 60_000]);
  },
);
