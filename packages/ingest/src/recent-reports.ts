// The reports of the last minutes by name and content, with the entry that holds each, so that a repeat is answered with its
// original's durability and not stored again (L14). Bounded; what is forgotten is appended again and dropped by the fold (L15).
import type { Report } from '@vigie/model';
import type { Commit } from './commit.ts';
import { RECENT_REPORTS_MAX } from './limits.ts';

/** One upload's part in this memory: the commits that hold its reports, once they are queued. */
export interface Holder {
  /** Undefined: queued nowhere (yet, or because there was no room). */
  commits: readonly Commit[] | undefined;
}
interface Recent {
  readonly content: number;
  readonly holder: Holder;
}

export class RecentReports {
  readonly #halfMax: number;
  // Two generations: dropping the older one whole costs nothing, while deleting the first name of a large Map for each new
  // one was measured at 8 µs a report (the Map walks over its deleted entries).
  #newer = new Map<string, Recent>();
  #older = new Map<string, Recent>();

  constructor(max: number = RECENT_REPORTS_MAX) {
    this.#halfMax = Math.ceil(max / 2);
  }
  get size(): number {
    return this.#newer.size + this.#older.size;
  }

  /** `other_content`: the name is known, what it says differs. */
  find(name: string, content: number): Holder | 'other_content' | undefined {
    const recent = this.#newer.get(name) ?? this.#older.get(name);
    if (recent === undefined) return undefined;
    return recent.content === content ? recent.holder : 'other_content';
  }

  remember(name: string, content: number, holder: Holder): void {
    if (this.#newer.size >= this.#halfMax) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(name, { content, holder });
  }
}

/** (device, boot, seq) if both exist, else the content (L15). Within its measure: two measures may name one device. */
export const recentName = (measure: string, report: Report, content: number): string =>
  report.boot !== undefined && report.seq !== undefined
    ? `${measure} ${report.deviceId} ${report.boot}.${report.seq}`
    : `${measure} ${report.deviceId} #${content}`;

const NONE = 0x5bd1e995;

/**
 * 53 bits over everything a report says, cheap enough for every report. Not cryptographic: whoever can make two of their own
 * reports collide could as well not have sent the second.
 */
export function contentHash(report: Report): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  const mix = (value: number) => {
    a = Math.imul(a ^ value, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b + value, 0x85ebca6b);
    b ^= b >>> 13;
  };
  const wide = (value: number | undefined) => {
    if (value === undefined) return mix(NONE);
    mix(value | 0);
    mix(Math.floor(value / 4_294_967_296) | 0);
  };
  wide(report.at);
  wide(report.boot);
  wide(report.seq);
  mix(report.latE7 ?? NONE);
  mix(report.lonE7 ?? NONE);
  wide(report.accuracyMm);
  wide(report.speedMmps);
  mix(report.courseCdeg ?? NONE);
  mix(report.altitudeCm ?? NONE);
  mix(report.batteryPct ?? NONE);
  mix(report.events);
  if (report.otherEvents !== undefined || report.beacons !== undefined) {
    const text = JSON.stringify([report.otherEvents, report.beacons]);
    for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i));
  }
  return (a >>> 0) * 2_097_152 + (b >>> 11);
}
