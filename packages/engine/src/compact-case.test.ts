// Packed cases lie in snapshots that a later program reads.
import { ReportBatchReader, encodeReportBatch, sha256Bytes } from '@vigie/model';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { bytesToHex } from './hex.ts';
import { steadyClock } from './steady-clock.ts';
import { BEYOND, MEASURE, at, circle, exclusion, inclusion, recordedCase, report } from './testing/court.ts';

/** Reasons name the rules in force: these stay those of the first version. */
const clockAt = (time: string) => ({ ...steadyClock(at(time)), rulesAt: () => 1 });
const place = { site: 'noirmont', epoch: '1-aaaa', seq: 1 as never, index: 0, entryId: 'entry-1' } as const;

function engineOf(): Engine {
  const engine = new Engine();
  const recorded = recordedCase([
    exclusion({ bufferMm: 100_000 }),
    inclusion({ zone: circle(300), active: [[at('08:00'), at('09:00')]] }),
    { ruleId: 'silence', kind: 'silence', maxGapMs: 600_000 },
  ]);
  engine.apply({ kind: 'case', measure: MEASURE, recorded }, place, clockAt('08:00'));
  const said = report({ at: '09:00', seq: 1, ...BEYOND, batteryPct: 50, accuracyM: 12.5 });
  const batch = new ReportBatchReader().reset(encodeReportBatch('wearer', [said]));
  engine.apply({ kind: 'reports', measure: MEASURE, batch }, place, clockAt('09:00'));
  return engine;
}

test('[LT7] a packed case is the bytes that it was: who changes them raises their version and goes on reading these', () => {
  const packed = engineOf().packCase(MEASURE) as Uint8Array;
  expect([packed.length, bytesToHex(sha256Bytes(packed))]).toMatchInlineSnapshot(`
    [
      1651,
      "4b7034d354eba147240994a560a7e5871185bad8a4f23bbdac6f17679ad8b7b4",
    ]
  `);
});

test('[LT7] exact bytes, as older snapshots hold them, are read as well', () => {
  const engine = engineOf();
  const other = new Engine();
  expect(other.layCase(MEASURE, engine.saveCase(MEASURE) as Uint8Array)).toBeUndefined();
  const packed = new Engine();
  expect(packed.layCase(MEASURE, engine.packCase(MEASURE) as Uint8Array)).toMatchObject({
    ended: false,
    hasIncidents: true,
    devices: [
      { deviceId: 'wearer', boundTo: 'noirmont' },
      { deviceId: 'phone', boundTo: 'noirmont' },
    ],
  });
  for (const loaded of [other, packed]) {
    expect(loaded.saveCase(MEASURE)).toEqual(engine.saveCase(MEASURE));
    expect(loaded.view(MEASURE)).toEqual(engine.view(MEASURE));
  }
});
