import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newCaseSchema } from '@vigie/model';
import { expectedOf } from '../oracle/oracle.ts';
import type { PlannedReport } from '../types.ts';
import { type Feed, feed } from './feed.ts';

const startMs = Date.parse('2026-11-23T08:00:00Z');
const HEAD = 'track,time,lat,lon,accuracy_m,speed_mps,altitude_m,hdop';
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feed-'));
});
afterEach(() => rm(dir, { recursive: true }));

const all = (source: Feed): PlannedReport[][] =>
  source.devices.map(({ reports }) => {
    const list: PlannedReport[] = [];
    for (let next = reports.next(); !next.done; next = reports.next()) list.push(next.value);
    return list;
  });

test('fix times of each track are shifted so that its first is the start, and nothing else changes', async () => {
  const lines = [
    't-1,2017-01-01T10:00:05Z,47.1,7.1,,,,',
    't-1,2017-01-01T10:00:00Z,47,7,12.5,1.5,430,',
    't-2,2020-05-05T00:00:00.250Z,46,8,NaN,-1,,0.9',
  ];
  await writeFile(join(dir, 'a.csv'), [HEAD, ...lines, ''].join('\n'));
  await writeFile(join(dir, 'index.csv'), 'file,track\na.csv,t-1\n');
  const [first, second] = all(feed({ dir, seed: 1, startMs }));
  expect(first?.map(({ body }) => body)).toEqual([
    {
      boot: startMs / 1000,
      seq: 0,
      at: '2026-11-23T08:00:00.000Z',
      lat: 47,
      lon: 7,
      accuracyM: 12.5,
      speedMps: 1.5,
      altitudeM: 430,
    },
    { boot: startMs / 1000, seq: 1, at: '2026-11-23T08:00:05.000Z', lat: 47.1, lon: 7.1 },
  ]);
  expect(second?.map(({ body }) => body)).toEqual([
    { boot: startMs / 1000, seq: 0, at: '2026-11-23T08:00:00.000Z', lat: 46, lon: 8 },
  ]);
});
test('a line that is no fix is named and left out', async () => {
  await writeFile(
    join(dir, 'a.csv'),
    [HEAD, 't,2017-01-01T10:00:00Z,91,7,,,,', 't,x,47,7,,,,', 't,2017-01-01T10:00:00Z,47,7,,,,'].join('\n'),
  );
  const { bad, tracks } = feed({ dir, seed: 1, startMs });
  expect(bad.map(({ line, reason }) => [line, reason.split(' ')[0]])).toEqual([
    [2, 'lat'],
    [3, 'time'],
  ]);
  expect(tracks[0]?.fixes).toHaveLength(1);
});
test('a folder without tracks is said', () => {
  expect(() => feed({ dir, seed: 1, startMs })).toThrow('no CSV file with the columns');
});
test('cases.json takes the place of the seeded zones, and a case that is none is named', async () => {
  await writeFile(
    join(dir, 'a.csv'),
    [HEAD, 't,2017-01-01T10:00:00Z,47,7,,,,', 'u,2017-01-01T10:00:00Z,47,7,,,,'].join('\n'),
  );
  const one = {
    caseId: 'mine',
    authority: 'JU',
    legalBasis: 'StPO 237',
    mode: 'active',
    timezone: 'Europe/Zurich',
    devices: [{ deviceId: 't', role: 'wearer' }],
    rules: [{ ruleId: 'r', kind: 'exclusion', zone: { type: 'circle', center: [7, 47], radiusM: 100 } }],
  };
  await writeFile(join(dir, 'cases.json'), JSON.stringify([one]));
  expect(feed({ dir, seed: 1, startMs }).devices.map(({ deviceId, caseId }) => [deviceId, caseId])).toEqual([
    ['t', 'mine'],
  ]);
  await writeFile(join(dir, 'cases.json'), JSON.stringify([one, { ...one, authority: 'XX' }]));
  expect(() => feed({ dir, seed: 1, startMs })).toThrow('case 1, authority');
});

const tracksDir = join(process.env['VIGIE_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data'), 'tracks');
describe.skipIf(!existsSync(tracksDir))('the development tracks (VIGIE_DATA)', () => {
  test('become cases that the API takes, with zones that their own track crosses', { timeout: 60_000 }, () => {
    const source = feed({ dir: tracksDir, seed: 1, startMs });
    expect(source.devices).toHaveLength(195);
    for (const one of source.cases) {
      const read = newCaseSchema.safeParse(one);
      expect(read.error?.issues).toBeUndefined();
      expect(Date.parse(one.validTo)).toBeGreaterThan(source.endMs);
      expect((one.aheadS ?? 0) * 1000).toBeGreaterThan(source.endMs - startMs);
    }
    const incidents = all(source)
      .slice(0, 60)
      .map((reports, i) => {
        const { caseId, rules } = source.cases[i] as (typeof source.cases)[number];
        const expected = expectedOf(
          { caseId, rules },
          reports.map(({ body }) => body),
        );
        return expected.reduce((sum, { variants }) => sum + (variants[0]?.length ?? 0), 0);
      });
    expect(incidents.filter((count) => count > 0).length).toBeGreaterThan(40);
    expect(Math.max(...incidents)).toBeLessThan(900);
  });
});
