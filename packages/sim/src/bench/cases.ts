// The cases of the benches: one device each, and a circle in the Franches-Montagnes that its owner may not enter.
import type { NewCase } from '@vigie/model';
import { type LatLon, lonLat, moved } from '../plane.ts';

const CENTER: LatLon = { lat: 47.2562, lon: 6.9965 };
const RADIUS_M = 100;
/** Cases lie apart, as persons do. */
const APART_M = 700;

export interface BenchCase {
  readonly order: NewCase;
  readonly deviceId: string;
  readonly inside: LatLon;
  readonly outside: LatLon;
}

/** @param run makes the names new with every run on the same data */
export function benchCases(count: number, run: string, nowMs: number): BenchCase[] {
  return Array.from({ length: count }, (_, i) => {
    const center = moved(CENTER, APART_M * (i % 20), APART_M * Math.floor(i / 20));
    const deviceId = `bench-${run}-${i}`;
    const order: NewCase = {
      caseId: deviceId,
      authority: 'JU',
      legalBasis: 'StPO 237',
      mode: 'active',
      timezone: 'Europe/Zurich',
      devices: [{ deviceId, role: 'wearer' }],
      rules: [
        { ruleId: 'keep-away', kind: 'exclusion', zone: { type: 'circle', center: lonLat(center), radiusM: RADIUS_M } },
      ],
      validFrom: new Date(nowMs - 86_400_000).toISOString(),
      validTo: new Date(nowMs + 30 * 86_400_000).toISOString(),
    };
    return { order, deviceId, inside: center, outside: moved(center, 2.5 * RADIUS_M, 0) };
  });
}
