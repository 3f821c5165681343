// A cursor into a branch of the log that was voided (L11, L18): entries past the end that an admit gave an epoch have no place, and
// whoever has seen some of them must go on from that end.
import { type VectorPosition, formatPosition, ofPartition, seqOf, withOrigin } from '@vigie/model';
import type { ApiPorts } from '../ports.ts';
import { problem } from './problem.ts';

/** 410 with the position to resume from; undefined when the cursor stands. */
export function refuseVoided({ replica }: Pick<ApiPorts, 'replica'>, cursor: VectorPosition): Response | undefined {
  let resume = cursor;
  for (const { partition, site, epoch, lastSeq } of replica.epochs()) {
    const at = ofPartition(cursor, partition)[site];
    if (at?.epoch !== epoch || lastSeq === undefined || at.seq <= lastSeq) continue;
    resume = withOrigin(resume, partition, site, { epoch, seq: seqOf(lastSeq) });
  }
  return resume === cursor ? undefined : problem('position-voided', { resumeFrom: formatPosition(resume) });
}
