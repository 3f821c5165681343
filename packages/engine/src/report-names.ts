// The names that transitions and openings use for a report of a batch, for callers who must find it again.
import { type ReportBatchReader, reportHash } from '@vigie/model';
import { HASH_SEED_A, HASH_SEED_B } from './fold-reports.ts';

const hex8 = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/** One name, or two for a numbered report: without and, if another carries the same number, with its content's hash. */
export function reportNames(batch: ReportBatchReader, i: number): readonly string[] {
  const boot = batch.boot(i);
  const seq = batch.seq(i);
  if (boot < 0 || seq < 0) return [`#${reportHash(batch.report(i)).slice(0, 16)}`];
  const hash = `${hex8(batch.fingerprint(i, HASH_SEED_A))}${hex8(batch.fingerprint(i, HASH_SEED_B))}`;
  return [`${boot}.${seq}`, `${boot}.${seq}#${hash}`];
}
