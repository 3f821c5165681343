// What a bracelet on such a person reports: fixes with drift and an honest accuracy, now and then an outlier, holes in cellars
// and tunnels, a battery that empties and is charged, and stretches without network after which the buffer comes at once.
import { moved, rounded } from '../plane.ts';
import type { Random } from '../random.ts';
import type { PlannedReport } from '../types.ts';
import { DAY_MS, type Stretch, dayOf, placeOn } from './day.ts';
import type { Person } from './person.ts';

/** Seconds between fixes, under way and at rest. */
const MOVING_S = 20;
const RESTING_S = 60;
/** Metres; the deviation that the device states (68 %). Walls triple it. */
const OUTDOOR_M = 5;
const INDOOR_M = 15;
/** A charge lasts about two days. */
const BATTERY_PCT_PER_MS = 100 / (50 * 3_600_000);
const CHARGE_PCT_PER_MS = 100 / (2 * 3_600_000);

/** A strap is opened about once in two months of one person. */
const STRAP_OPENED_EVERY_MS = 60 * 86_400_000;

export interface BraceletOptions {
  /** In the person's life: decides the hour and the day of the week. */
  readonly startMs: number;
  /** No report after this; undefined = without end. */
  readonly endMs?: number;
  /** Added to every time that is reported. */
  readonly shiftMs: number;
  /** Counts up with every start of the fleet, so that report names never repeat. */
  readonly boot: number;
}

export function* braceletReports(person: Person, dice: Random, o: BraceletOptions): Generator<PlannedReport> {
  const noise = dice.fork('noise');
  const trouble = dice.fork('trouble');
  let driftEast = 0;
  let driftNorth = 0;
  let batteryPct = trouble.between(35, 100);
  let charging = false;
  let offlineUntilMs = 0;
  let holeUntilMs = 0;
  let strapOpenUntilMs = 0;
  let seq = 0;
  let lastMs = o.startMs;
  // Devices do not report in step with each other.
  let nextMs = o.startMs + noise.between(0, 30_000);
  for (const stretch of stretches(person, dice, o.startMs)) {
    for (; nextMs < stretch.toMs; nextMs += stepMs(stretch, noise)) {
      if (o.endMs !== undefined && nextMs > o.endMs) return;
      const atMs = Math.round(nextMs);
      const elapsedMs = atMs - lastMs;
      lastMs = atMs;
      const resting = stretch.path.length === 1;
      batteryPct = Math.min(
        100,
        Math.max(1, batteryPct + (charging ? CHARGE_PCT_PER_MS : -BATTERY_PCT_PER_MS) * elapsedMs),
      );
      const events: string[] = [];
      if (!charging && resting && batteryPct < 25 && trouble.chance(0.2)) {
        charging = true;
        events.push('charging');
      } else if (charging && (batteryPct > 97 || !resting)) {
        charging = false;
        events.push('charging_ended');
      }
      if (atMs > holeUntilMs && trouble.chance(elapsedMs / (9 * 3_600_000)))
        holeUntilMs = atMs + trouble.between(3, 15) * 60_000;
      if (atMs > offlineUntilMs && trouble.chance(elapsedMs / (6 * 3_600_000)))
        offlineUntilMs = atMs + trouble.between(2, 20) * 60_000;
      if (atMs < holeUntilMs) continue;
      if (strapOpenUntilMs > 0 && atMs > strapOpenUntilMs) {
        strapOpenUntilMs = 0;
        events.push('strap_closed');
      } else if (strapOpenUntilMs === 0 && trouble.chance(elapsedMs / STRAP_OPENED_EVERY_MS)) {
        strapOpenUntilMs = atMs + trouble.between(2, 30) * 60_000;
        events.push('strap_open');
      }

      const { place, speedMps } = placeOn(stretch, atMs);
      const spread = (resting ? INDOOR_M : OUTDOOR_M) * Math.exp(noise.normal() * 0.4);
      const outlier = noise.chance(0.002) ? 20 : 1;
      driftEast = 0.85 * driftEast + noise.normal() * 0.3;
      driftNorth = 0.85 * driftNorth + noise.normal() * 0.3;
      const seen = moved(place, driftEast * spread * outlier, driftNorth * spread * outlier);
      yield {
        atMs: atMs + o.shiftMs,
        sendAtMs: Math.max(atMs, offlineUntilMs) + o.shiftMs,
        body: {
          boot: o.boot,
          seq: seq++,
          at: new Date(atMs + o.shiftMs).toISOString(),
          lat: rounded(seen.lat),
          lon: rounded(seen.lon),
          accuracyM: Math.round(spread * outlier * 10) / 10,
          speedMps: Math.round(speedMps * 10) / 10,
          batteryPct: Math.round(batteryPct),
          ...(events.length > 0 ? { events } : {}),
        },
      };
    }
  }
}

function* stretches(person: Person, dice: Random, startMs: number): Generator<Stretch> {
  // Two days back, because a shifted day of then may still run.
  for (let day = Math.floor(startMs / DAY_MS) - 2; ; day++) {
    for (const stretch of dayOf(person, day * DAY_MS, dice.fork(`day ${day}`))) {
      if (stretch.toMs > startMs) yield stretch;
    }
  }
}

const stepMs = (stretch: Stretch, noise: Random): number =>
  (stretch.path.length === 1 ? RESTING_S : MOVING_S) * 1000 * noise.between(0.9, 1.1);
