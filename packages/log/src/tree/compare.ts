// Where a copy first differs from its origin, and which of the two is what the origin's own heartbeat said (L13).
import { type Seq, type SiteId, seqOf } from '@vigie/model';
import type { CopyDoor, OriginMessage, SiteLog } from '../types.ts';
import { EpochTree, treeClaim } from './epoch-tree.ts';

export interface Divergence {
  readonly site: SiteId;
  readonly epoch: string;
  /**
   * `copy`: the origin is as its heartbeat says, the copy here is not. `origin`: the origin is no longer what its own heartbeat says
   * of it: somebody must look.
   */
  readonly wrong: 'copy' | 'origin';
  /** The first entry that differs between the two; undefined: they are alike. */
  readonly first: Seq | undefined;
  /** Up to here both had the same root. */
  readonly confirmed: number;
  /** The first entries that differ, as they lie here: evidence. */
  readonly here: readonly OriginMessage[];
}

const WINDOW = 256;
const EVIDENCE_MAX = 64;

/** Looks at everything since the last root that both had, up to the heartbeat at `through`. Undefined: not everything can be read now. */
export async function compareWithOrigin(
  log: SiteLog & CopyDoor,
  { site, epoch, confirmed }: Pick<EpochTree, 'site' | 'epoch' | 'confirmed'>,
  through: number,
): Promise<Divergence | undefined> {
  const origin = new EpochTree(site, epoch, confirmed);
  const here: OriginMessage[] = [];
  let agrees = false;
  for (let from = confirmed.size + 1; from <= through; from += WINDOW) {
    const count = Math.min(WINDOW, through - from + 1);
    const there = await log.readOrigin(site, epoch, seqOf(from), count);
    const own = await log.read(site, epoch, seqOf(from), count);
    if (there.length < count || own.length < count) return undefined;
    for (const [i, message] of there.entries()) {
      origin.add(message);
      const mine = own[i] as OriginMessage;
      if (here.length < EVIDENCE_MAX && Buffer.compare(message.bytes, mine.bytes) !== 0) here.push(mine);
      if (message.seq === through && message.entry.ok) {
        const claim = treeClaim(message.entry.value.data);
        agrees = claim !== undefined && origin.agrees(claim);
      }
    }
  }
  return { site, epoch, wrong: agrees ? 'copy' : 'origin', first: here[0]?.seq, confirmed: confirmed.size, here };
}
