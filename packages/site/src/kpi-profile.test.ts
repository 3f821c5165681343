import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EN_50518_LIKE } from '@vigie/model';
import { afterAll, expect, test } from 'vitest';
import { kpiProfileOf } from './kpi-profile.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-kpi-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const written = (text: string) => {
  const kpiProfileFile = join(dir, 'kpi.json');
  writeFileSync(kpiProfileFile, text);
  return kpiProfileOf({ kpiProfileFile });
};

test('[KP1] without a file the shipped profile holds; with one, its own', async () => {
  expect(await kpiProfileOf({ kpiProfileFile: undefined })).toBe(EN_50518_LIKE);
  const [danger] = EN_50518_LIKE.clocks;
  const own = { name: 'ours', clocks: [{ ...danger, thresholds: [{ withinS: 20, share: 0.9 }] }] };
  expect(await written(JSON.stringify(own))).toEqual(own);
});

test('[KP1] a profile that cannot be used stops the start and names what is wrong', async () => {
  await expect(written('{')).rejects.toThrow(/KPI_PROFILE_FILE: .*cannot be read as JSON/);
  const [danger] = EN_50518_LIKE.clocks;
  const wrong = { name: 'ours', clocks: [{ ...danger, thresholds: [{ withinS: 20, share: 80 }] }] };
  await expect(written(JSON.stringify(wrong))).rejects.toThrow(/clocks\.0\.thresholds\.0\.share/);
});

test('[KP1] the shipped profile: 80 % within 30 s and 98.5 % within 60 s for people in danger, 90 s and 180 s for the rest', () => {
  const times = EN_50518_LIKE.clocks.map(({ until, kinds, thresholds }) => [until, kinds.includes('sos'), thresholds]);
  const shares = (fast: number, slow: number) => [
    { withinS: fast, share: 0.8 },
    { withinS: slow, share: 0.985 },
  ];
  expect(times).toEqual([
    ['acknowledged', true, shares(30, 60)],
    ['acknowledged', false, shares(90, 180)],
  ]);
});
