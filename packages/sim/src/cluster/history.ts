// What a run leaves for its checkers, and the trace that two runs of one seed must share.
import type { PlacedEntry } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import type { PublishedEvent, ReplicaFault } from '@vigie/replica';

export interface SettledNote {
  readonly site: SiteId;
  readonly life: number;
  /** Number in the sequence of everything settled; a life that began from a snapshot goes on from there. */
  readonly index: number;
  readonly placed: PlacedEntry;
  /** The reader's t when it settled. */
  readonly t: number;
  /** In force at that site then. */
  readonly generation: string;
  /** Missing on the disk of the other site at that moment, which is never allowed while no disk was lost (L8). */
  readonly onOneDisk: boolean;
}
export interface AckNote {
  readonly device: string;
  readonly boot: number;
  readonly seq: number;
  readonly durable: 'both' | 'site';
  readonly at: { readonly site: SiteId; readonly epoch: string; readonly seq: number };
  readonly atMs: number;
  /** `both` said, and the other site's disk had it not. */
  readonly onOneDisk: boolean;
}
export interface EventNote {
  readonly site: SiteId;
  readonly life: number;
  readonly atMs: number;
  readonly event: PublishedEvent;
}
/** Two live states of the same entries in the same order. */
export interface LiveNote {
  readonly atMs: number;
  readonly order: string;
  readonly noirmont: string;
  readonly delemont: string;
}
export interface DigestNote {
  readonly site: SiteId;
  readonly life: number;
  readonly second: number;
  readonly value: string;
  /** In force at that site then. */
  readonly generation: string;
}

export class History {
  settled: SettledNote[] = [];
  readonly acks: AckNote[] = [];
  readonly events: EventNote[] = [];
  digests: DigestNote[] = [];
  readonly different: LiveNote[] = [];
  liveCompared = 0;
  /** Cases that a replica which read the log otherwise has otherwise; undefined: no site was there to compare with. */
  reread: readonly string[] | undefined;
  readonly faults: { readonly site: SiteId; readonly life: number; readonly fault: ReplicaFault }[] = [];
  readonly #lines: string[] | undefined;
  /** The trace, hashed as it is written: 53 bits. */
  #h1 = 0xdeadbeef;
  #h2 = 0x41c6ce57;
  traced = 0;

  constructor(lines: string[] | undefined) {
    this.#lines = lines;
  }
  /** What that site has said of a generation that was given up counts for nothing (L17). */
  forget(site: SiteId, generation: string): void {
    const stands = (note: SettledNote | DigestNote): boolean => note.site !== site || note.generation !== generation;
    this.settled = this.settled.filter(stands);
    this.digests = this.digests.filter(stands);
  }
  trace(line: string): void {
    this.traced++;
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      this.#h1 = Math.imul(this.#h1 ^ code, 2_654_435_761);
      this.#h2 = Math.imul(this.#h2 ^ code, 1_597_334_677);
    }
    this.#lines?.push(line);
  }
  get traceHash(): string {
    return `${(this.#h1 >>> 0).toString(16).padStart(8, '0')}${(this.#h2 >>> 0).toString(16).padStart(8, '0')}`;
  }
}
