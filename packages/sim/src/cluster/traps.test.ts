// Clauses of the order that are easily left out (docs/decisions/0007): with each switched off, a run that `./vigie sim` found, made
// small, breaks a promise; with the clause, the same run keeps all.
import { TRAPS, type Traps } from '@vigie/log';
import { afterEach, expect, test } from 'vitest';
import type { Fault, SimOptions } from './faults.ts';
import { runOne } from './run.ts';

afterEach(() => {
  for (const trap of Object.keys(TRAPS) as (keyof Traps)[]) TRAPS[trap] = false;
});

const TIMEOUT_MS = 120_000;
const GOOD = { delayUs: 1_000, lossPpm: 0, replayPpm: 0 };
const base = { link: GOOD, mobile: GOOD, skewMs: { noirmont: 0, delemont: 0 } };
const fault = (kind: Fault['kind'], site: Fault['site'], atMs: number, forMs: number): Fault => ({
  kind,
  site,
  atMs,
  forMs,
});

const FOUND: readonly (readonly [trap: keyof Traps, options: SimOptions])[] = [
  [
    'unconfirmedBothAdmits',
    {
      ...base,
      seed: 30_396,
      lengthMs: 1_489,
      devices: 5,
      reportEveryMs: 770,
      crossEveryMs: 3_606,
      fsyncUs: 164,
      snapshotEveryMs: 10_990,
      faults: [
        fault('fsync-fails', 'noirmont', 1_520, 59),
        fault('rotate', 'delemont', 1_756, 4_447),
        fault('kill-site', 'noirmont', 2_388, 730),
      ],
    },
  ],
  [
    'admitsByNumber',
    {
      ...base,
      seed: 30_047,
      lengthMs: 7_683,
      devices: 1,
      reportEveryMs: 586,
      crossEveryMs: 5_531,
      fsyncUs: 72,
      snapshotEveryMs: 11_852,
      faults: [
        fault('cut', 'delemont', 3_455, 4_821),
        fault('fsync-fails', 'delemont', 6_945, 3_121),
        fault('lose-disk', 'delemont', 7_258, 871),
      ],
    },
  ],
  [
    'lastSeqsReplaced',
    {
      ...base,
      seed: 50_000,
      lengthMs: 6_892,
      devices: 4,
      reportEveryMs: 272,
      crossEveryMs: 5_537,
      link: { delayUs: 145, lossPpm: 69_521, replayPpm: 12_599 },
      mobile: { delayUs: 494, lossPpm: 22_948, replayPpm: 11_484 },
      fsyncUs: 88,
      snapshotEveryMs: 8_140,
      faults: [
        fault('kill-site', 'delemont', 1_182, 365),
        fault('pause-log', 'delemont', 3_591, 243),
        fault('disk-swapped', 'noirmont', 5_557, 359),
      ],
    },
  ],
];
for (const [trap, options] of FOUND)
  test(
    `[L11] without its clause ${trap} breaks a promise, with it none is broken`,
    async () => {
      expect((await runOne(options)).violations).toEqual([]);
      TRAPS[trap] = true;
      const { violations } = await runOne(options);
      expect(violations.length).toBeGreaterThan(0);
      for (const { witness } of violations) expect(witness.length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
