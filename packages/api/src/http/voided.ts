// A cursor into a branch of the log that was voided (L11, L18): entries past the end that an admit gave an epoch have no place, and
// whoever has seen some of them must go on from that end.
import { SITES, type SiteId, type VectorPosition, formatPosition, seqOf } from '@vigie/model';
import type { ApiPorts } from '../ports.ts';
import { problem } from './problem.ts';

/** 410 with the position to resume from; undefined when the cursor stands. */
export function refuseVoided({ replica }: Pick<ApiPorts, 'replica'>, cursor: VectorPosition): Response | undefined {
  const resume: { [site in SiteId]?: NonNullable<VectorPosition[SiteId]> } = { ...cursor };
  let isVoided = false;
  const epochs = replica.merge.epochs();
  for (const site of SITES) {
    const at = cursor[site];
    const lastSeq = epochs.find((one) => one.site === site && one.epoch === at?.epoch)?.lastSeq;
    if (at === undefined || lastSeq === undefined || at.seq <= lastSeq) continue;
    resume[site] = { epoch: at.epoch, seq: seqOf(lastSeq) };
    isVoided = true;
  }
  return isVoided ? problem('position-voided', { resumeFrom: formatPosition(resume) }) : undefined;
}
