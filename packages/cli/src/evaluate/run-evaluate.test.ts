import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { type EvaluateOptions, runEvaluate } from './run-evaluate.ts';
import { outputLine } from './schemas.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const circle = { type: 'circle', center: [6.9965, 47.2562], radiusM: 200 };
const within = { lat: 47.2562, lon: 6.9965 };
const beyond = { lat: 47.27, lon: 6.9965 };
const theCase = (...rules: unknown[]) => ({
  caseId: 'JU-1',
  mode: 'active',
  timezone: 'Europe/Zurich',
  devices: [{ deviceId: 'w', role: 'wearer' }],
  rules,
  validFrom: '2026-01-01T00:00:00Z',
  validTo: '2027-01-01T00:00:00Z',
});
const exclusion = { ruleId: 'stay-away', kind: 'exclusion', zone: circle };

let files = 0;
function file(text: string): string {
  const path = join(folder, `${++files}`);
  writeFileSync(path, text);
  return path;
}

async function run(options: EvaluateOptions): Promise<{ code: number; lines: Record<string, unknown>[]; err: string }> {
  const out = new PassThrough();
  const err = new PassThrough();
  const chunks: Buffer[] = [];
  out.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await runEvaluate(options, { out, err });
  const text = Buffer.concat(chunks).toString();
  return {
    code,
    lines: text
      .split('\n')
      .filter(Boolean)
      .map((l) => JSON.parse(l) as Record<string, unknown>),
    err: String(err.read() ?? ''),
  };
}
const evaluate = (rules: unknown[], reports: readonly (object | string)[], more: EvaluateOptions = {}) =>
  run({
    case: file(JSON.stringify(theCase(...rules))),
    reports: file(reports.map((r) => (typeof r === 'string' ? r : JSON.stringify(r))).join('\n')),
    ...more,
  });

const at = (time: string): string => `2026-05-01T${time}Z`;

test('prints transitions, incidents and a summary; every line fits its own schema', async () => {
  const { code, lines } = await evaluate(
    [exclusion],
    [
      { deviceId: 'w', at: at('10:00:00'), ...beyond },
      { deviceId: 'w', at: at('10:05:00'), ...within, accuracyM: 10 },
      { deviceId: 'w', at: at('10:15:00.500'), ...beyond },
    ],
  );
  expect(code).toBe(0);
  for (const line of lines) outputLine.parse(line);
  expect(lines.slice(0, 3)).toEqual([
    {
      type: 'transition',
      ruleId: 'stay-away',
      deviceId: 'w',
      from: 'unknown',
      to: 'outside',
      at: at('10:00:00'),
      fixIndex: 0,
    },
    {
      type: 'transition',
      ruleId: 'stay-away',
      deviceId: 'w',
      from: 'outside',
      to: 'inside',
      at: at('10:05:00'),
      fixIndex: 1,
    },
    {
      type: 'transition',
      ruleId: 'stay-away',
      deviceId: 'w',
      from: 'inside',
      to: 'outside',
      at: at('10:15:00.500'),
      fixIndex: 2,
    },
  ]);
  expect(lines[3]).toMatchObject({
    type: 'incident',
    kind: 'exclusion',
    openedAt: at('10:05:00'),
    closedAt: at('10:15:00.500'),
    lane: 'live',
    status: 'raised',
  });
  expect(lines[4]).toMatchObject({
    type: 'summary',
    reports: 3,
    duplicates: 0,
    rejected: 0,
    transitions: 3,
    incidents: 1,
  });
});

test('a bad line is rejected with its field and costs no good one', async () => {
  const { code, lines } = await evaluate(
    [exclusion],
    [
      '{',
      { deviceId: 'w', at: 'yesterday', ...within },
      { deviceId: 'stranger', at: at('10:00:00'), ...within },
      { deviceId: 'w', at: at('10:00:00'), lat: 91, lon: 7 },
      { deviceId: 'w', at: at('10:00:00'), ...within, receivedAt: 'later' },
      '[]',
      '',
      { deviceId: 'w', at: at('10:00:00'), ...within },
    ],
  );
  expect(code).toBe(0);
  expect(lines.filter((l) => l['type'] === 'rejected').map((l) => [l['line'], l['field']])).toEqual([
    [1, ''],
    [2, 'at'],
    [3, 'deviceId'],
    [4, 'lat'],
    [5, 'receivedAt'],
    [6, ''],
  ]);
  expect(lines.at(-1)).toMatchObject({ reports: 1, rejected: 6, transitions: 1, incidents: 1 });
  expect(lines.find((l) => l['type'] === 'transition')).toMatchObject({ fixIndex: 7 });
});

test('reports that came twice count as duplicates; late ones move the episodes, not the day', async () => {
  const day = ['10:00:00', '10:05:00', '10:10:00', '10:15:00'].map((time, i) => ({
    deviceId: 'w',
    at: at(time),
    boot: 1,
    seq: i,
    ...(i === 1 || i === 2 ? within : beyond),
  }));
  const inOrder = await evaluate([exclusion], day);
  const later = { receivedAt: at('23:00:00') };
  const shuffled = [3, 1, 0, 2, 1].map((i) => ({ ...day[i], ...later }));
  const mixed = await evaluate([exclusion], shuffled);
  const episode = (lines: Record<string, unknown>[]) =>
    lines
      .filter((l) => l['type'] === 'incident' && l['status'] !== 'refuted')
      .map((l) => [l['ruleId'], l['openedAt'], l['closedAt']]);
  expect(episode(mixed.lines)).toEqual(episode(inOrder.lines));
  expect(mixed.lines.filter((l) => l['type'] === 'incident').map((l) => l['lane'])).toEqual(['late']);
  expect(mixed.lines.at(-1)).toMatchObject({ reports: 4, duplicates: 1 });
});

test('timers run to --until', async () => {
  const rule = { ruleId: 'heard', kind: 'silence', maxGapS: 1800 };
  const reports = [{ deviceId: 'w', at: at('10:00:00'), ...within }];
  expect((await evaluate([rule], reports)).lines.at(-1)).toMatchObject({ incidents: 0 });
  const { lines } = await evaluate([rule], reports, { until: at('12:00:00') });
  expect(lines[0]).toMatchObject({ type: 'incident', kind: 'silence', openedAt: at('10:30:00') });
  expect(JSON.stringify(lines[0])).toContain('has not reported for more than 30 min');
});

test('what cannot run says why and ends with 2', async () => {
  const good = file(JSON.stringify(theCase(exclusion)));
  const reports = file('');
  const refused = file(JSON.stringify(theCase({ ...exclusion, zone: { ...circle, radiusM: -1 } })));
  for (const [args, said] of [
    [{}, 'needs --case and --reports'],
    [{ case: good, reports: join(folder, 'nothing') }, 'cannot read the reports'],
    [{ case: join(folder, 'nothing'), reports }, 'cannot read the case'],
    [{ case: refused, reports }, 'rules[0].zone.radiusM'],
    [{ case: good, reports, until: 'soon' }, '--until'],
  ] as const) {
    const result = await run(args);
    expect([result.code, result.err.includes(said) || result.err]).toEqual([2, true]);
  }
  expect((await run({ case: good, reports })).lines).toMatchObject([{ type: 'summary', reports: 0 }]);
});

test('--schema prints JSON Schema of case, report and output', async () => {
  const { code, lines } = await run({ schema: true });
  expect(code).toBe(0);
  expect(Object.keys(lines[0] ?? {})).toEqual(['case', 'report', 'output']);
  expect(JSON.stringify(lines[0])).toContain('partnerDeviceId');
});

test('[LT10] over months, some of it two days late, every transition names the line of its fix', async () => {
  const HOUR = 3_600_000;
  const start = Date.parse('2026-02-01T00:00:00Z');
  const said = Array.from({ length: 60 * 24 * 4 }, (_, i) => {
    const ms = start + i * (HOUR / 4);
    const lateMs = i % 7 === 3 ? 50 * HOUR : 0;
    const where = Math.floor(i / 10) % 2 === 0 ? within : beyond;
    return {
      deviceId: 'w',
      boot: 1,
      seq: i,
      at: new Date(ms).toISOString(),
      receivedMs: ms + lateMs,
      accuracyM: 5,
      ...where,
    };
  }).sort((a, b) => a.receivedMs - b.receivedMs);
  const reports = said.map(({ receivedMs, ...more }) => ({ ...more, receivedAt: new Date(receivedMs).toISOString() }));
  const { lines } = await evaluate([exclusion], reports);
  const moved = lines.filter(({ type }) => type === 'transition');
  expect(moved).toHaveLength(said.length / 10);
  for (const { at: when, fixIndex } of moved)
    expect(Date.parse(reports[fixIndex as number]?.at ?? '')).toBe(Date.parse(when as string));
  expect(lines.at(-1)).toMatchObject({ reports: said.length, duplicates: 0, transitions: said.length / 10 });
});
