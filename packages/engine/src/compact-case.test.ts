// Packed cases lie in snapshots that a later program reads.
import { ReportBatchReader, encodeReportBatch, sha256Bytes } from '@vigie/model';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { bytesToHex } from './hex.ts';
import { steadyClock } from './steady-clock.ts';
import { BEYOND, MEASURE, at, circle, exclusion, inclusion, recordedCase, report } from './testing/court.ts';
import { PACKED_2 } from './testing/packed-case-2.ts';

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
      1629,
      "be76a1ecb1d60f52fa8ca43ac95374302de8fcc4f409ac63852df9e75a2297c2",
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

test('[LT7] bytes of the version before are read as well, and the case is the same by every digest', () => {
  const engine = engineOf();
  const older = new Uint8Array(Buffer.from(PACKED_2, 'base64'));
  expect(older[0]).toBe(2);
  const laid = new Engine();
  expect(laid.layCase(MEASURE, older)).toMatchObject({ ended: false, hasIncidents: true });
  expect(laid.digest()).toBe(engine.digest());
  expect(laid.saveCase(MEASURE)).toEqual(engine.saveCase(MEASURE));
  const loaded = new Engine();
  loaded.loadCase(MEASURE, older);
  expect(loaded.packCase(MEASURE)).toEqual(engine.packCase(MEASURE));
  expect(loaded.digest()).toBe(engine.digest());
});
