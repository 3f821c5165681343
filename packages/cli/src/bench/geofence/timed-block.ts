// A block of buffered passes, measured both ways at once: turns of uploads that lie open in memory and turns of sealed entries alternate, each
// of other persons, so that what else the machine does falls on both alike. What a turn takes in is made just before, outside of the time.
import { cpuUs } from '@vigie/geo/bench';
import { logTimeUs } from '@vigie/model';
import type { EngineVariant } from './engine-variant.ts';
import type { SealedUploads } from './sealed-uploads.ts';

/** Uploads of a turn, as a busy site takes in at once; fewer where that leaves neither way enough turns. */
const TURN_UPLOADS = 500;
const TURNS_MIN = 8;

export interface Block {
  /** The report with which it begins; it has `passes` of every person, and `persons` is how many there are. */
  readonly first: number;
  readonly persons: number;
  readonly passes: number;
}

/** Reports per CPU-second, with the digest after the block shared out to both. */
export interface BlockRates {
  readonly openPerSecond: number;
  readonly sealedPerSecond: number;
}

export const cpuUsOf = (work: () => void): number => {
  const start = cpuUs();
  work();
  return Math.max(1, cpuUs() - start);
};

export function timedBlock(engine: EngineVariant, sealed: SealedUploads, block: Block): BlockRates {
  const { first, persons, passes } = block;
  const turn = Math.min(TURN_UPLOADS, Math.ceil(persons / TURNS_MIN));
  const taken = { open: { us: 0, reports: 0 }, sealed: { us: 0, reports: 0 } };
  for (let at = 0, isSealed = false; at < persons; at += turn, isSealed = !isSealed) {
    const uploads = engine.uploads(first + at, Math.min(turn, persons - at), passes);
    const entries = isSealed ? sealed.entriesOf(uploads, logTimeUs(engine.atMs(first / persons) * 1000)) : [];
    const way = isSealed ? taken.sealed : taken.open;
    way.us += cpuUsOf(isSealed ? () => engine.runEntries(entries, sealed) : () => engine.run(uploads));
    way.reports += uploads.length * passes;
  }
  const digestUs = cpuUsOf(() => engine.engine.digest()) / (persons * passes);
  const perSecond = ({ us, reports }: { us: number; reports: number }): number =>
    Math.round(1e6 / (us / Math.max(1, reports) + digestUs));
  return { openPerSecond: perSecond(taken.open), sealedPerSecond: perSecond(taken.sealed) };
}
