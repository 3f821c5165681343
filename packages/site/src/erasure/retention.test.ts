import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Retention, addMonthsMs, retentionOf } from './retention.ts';

const ms = (text: string): number => Date.parse(text);

test('months are calendar months, and a day that the month has not is its last one', () => {
  expect(addMonthsMs(ms('2025-03-15T10:20:30Z'), 12)).toBe(ms('2026-03-15T10:20:30Z'));
  expect(addMonthsMs(ms('2024-02-29T00:00:00Z'), 12)).toBe(ms('2025-02-28T00:00:00Z'));
  expect(addMonthsMs(ms('2025-12-31T23:59:59Z'), 2)).toBe(ms('2026-02-28T23:59:59Z'));
  expect(addMonthsMs(ms('2025-12-31T23:59:59Z'), 0)).toBe(ms('2025-12-31T23:59:59Z'));
});

test('[D4] ZGB 28c is 12 months without any policy, other bases have none until somebody sets one', () => {
  const shipped = new Retention();
  expect(shipped.legalDateMs('ZGB 28c', 'JU', ms('2025-03-15T00:00:00Z'))).toBe(ms('2026-03-15T00:00:00Z'));
  expect(shipped.months('StGB 67b', 'JU')).toBeUndefined();
  const set = new Retention([
    { legalBasis: 'StGB 67b', canton: '*', monthsAfterEnd: 60 },
    { legalBasis: 'StGB 67b', canton: 'JU', monthsAfterEnd: 24 },
    { legalBasis: 'ZGB 28c', canton: 'BE', monthsAfterEnd: 6 },
  ]);
  expect([set.months('StGB 67b', 'JU'), set.months('StGB 67b', 'BE')]).toEqual([24, 60]);
  expect([set.months('ZGB 28c', 'JU'), set.months('ZGB 28c', 'BE')]).toEqual([12, 6]);
});

test('[D4] a policy that would keep ZGB 28c longer than the law, and a file that is none, stop the start by name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-retention-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const retentionFile = join(folder, 'retention.json');
  const policies = [{ legalBasis: 'ZGB 28c', canton: 'JU', monthsAfterEnd: 13 }];
  writeFileSync(retentionFile, JSON.stringify({ policies }));
  await expect(retentionOf({ retentionFile })).rejects.toThrow(/policies\.0\.monthsAfterEnd ZGB 28c allows 12 months/);
  writeFileSync(retentionFile, 'months: 12');
  await expect(retentionOf({ retentionFile })).rejects.toThrow(/RETENTION_FILE: .* cannot be read as JSON/);
  writeFileSync(retentionFile, JSON.stringify({ policies: [{ ...policies[0], monthsAfterEnd: 11 }] }));
  expect((await retentionOf({ retentionFile })).months('ZGB 28c', 'JU')).toBe(11);
});
