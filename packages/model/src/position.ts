// A vector position (L18): how far each origin has been received, `noirmont.3-k7f2:1841,delemont.2-q09x:977`. Answers, Min-Position and
// event cursors are all this one type. An origin not yet heard is left out. Partitions but the first name theirs,
// `noirmont.3-k7f2.01:1841`.
import { type Result, fail, ok } from './errors.ts';
import { PARTITIONS_MAX, partitionName } from './partition.ts';
import { SITES, type SiteId, isSiteId } from './site.ts';
import { type Seq, seqOf } from './units.ts';

export interface OriginPosition {
  /** `<number>-<suffix>`, as in the name of the stream (L10). */
  readonly epoch: string;
  readonly seq: Seq;
}
type OfOnePartition = { readonly [site in SiteId]?: OriginPosition };
/** A log has one partition and knows nothing of others: there, a position is of partition 0. */
export type VectorPosition = OfOnePartition & {
  /** Of partitions 1, 2, ... */
  readonly more?: readonly OfOnePartition[];
};

const EPOCH = /^([0-9]{1,9})-([a-z0-9]{1,16})$/;
const OF_ORIGIN = /^([a-z]+)\.([0-9]+-[a-z0-9]+)(?:\.([0-9]{2}))?:([0-9]{1,15})$/;
/** The longest epoch and sequence of both sites in every partition. */
export const POSITION_LENGTH_MAX = PARTITIONS_MAX * SITES.length * 58;

/** Epochs of one site by number, then suffix by code unit. */
export function compareEpochs(a: string, b: string): number {
  const na = epochNumber(a);
  const nb = epochNumber(b);
  return na !== nb ? na - nb : a < b ? -1 : a > b ? 1 : 0;
}
export const epochNumber = (epoch: string): number => Number(epoch.slice(0, epoch.indexOf('-')));
export const isEpoch = (text: string): boolean => EPOCH.test(text);

export function formatPosition(position: VectorPosition): string {
  const parts: string[] = [];
  for (let partition = 0; partition < partitionsIn(position); partition++) {
    const inThere = ofPartition(position, partition);
    const name = partition === 0 ? '' : `.${partitionName(partition)}`;
    for (const site of SITES) {
      const at = inThere[site];
      if (at !== undefined) parts.push(`${site}.${at.epoch}${name}:${at.seq}`);
    }
  }
  return parts.join(',');
}

export function parsePosition(text: string): Result<VectorPosition> {
  const bad = (reason: string) => fail('invalid-input', 'not a position', { fields: [{ field: 'position', reason }] });
  if (text.length > POSITION_LENGTH_MAX) return bad('is too long');
  const partitions: { [site in SiteId]?: OriginPosition }[] = [{}];
  if (text === '') return ok({});
  for (const part of text.split(',')) {
    const [, site, epoch, name = '00', seq] = OF_ORIGIN.exec(part) ?? [];
    const partition = Number(name);
    if (site === undefined || epoch === undefined || seq === undefined || !isSiteId(site) || !isEpoch(epoch))
      return bad(`'${part}' is not <site>.<epoch>:<sequence>`);
    if (partition >= PARTITIONS_MAX) return bad(`'${part}' names a partition that cannot be`);
    while (partitions.length <= partition) partitions.push({});
    const inThere = partitions[partition] ?? {};
    if (inThere[site] !== undefined) return bad(`names ${site} twice`);
    inThere[site] = { epoch, seq: seqOf(Number(seq)) };
  }
  const [first = {}, ...more] = partitions;
  return ok(more.length === 0 ? first : { ...first, more });
}

const partitionsIn = ({ more }: VectorPosition): number => 1 + (more?.length ?? 0);

const NOWHERE: OfOnePartition = {};

/** What a position says of one partition, as the log of that partition has it. */
export function ofPartition(position: VectorPosition, partition: number): VectorPosition {
  if (partition > 0) return position.more?.[partition - 1] ?? NOWHERE;
  if (position.more === undefined) return position;
  const { more: _others, ...first } = position;
  return first;
}
/** The position of a partition's log, for those who know of all partitions. */
export function inPartition(position: VectorPosition, partition: number): VectorPosition {
  if (partition === 0) return position;
  return { more: Array.from({ length: partition }, (_, i) => (i === partition - 1 ? position : NOWHERE)) };
}

/** The position with that of one origin replaced. */
export function withOrigin(
  position: VectorPosition,
  partition: number,
  site: SiteId,
  at: OriginPosition,
): VectorPosition {
  if (partition === 0) return { ...position, [site]: at };
  const { more = [], ...first } = position;
  const others = Array.from({ length: Math.max(more.length, partition) }, (_, i) => more[i] ?? NOWHERE);
  others[partition - 1] = { ...others[partition - 1], [site]: at };
  return { ...first, more: others };
}

/** True when everything of `asked` is covered by `have`. */
export function covers(have: VectorPosition, asked: VectorPosition): boolean {
  for (let partition = 0; partition < partitionsIn(asked); partition++) {
    const got = ofPartition(have, partition);
    const want = ofPartition(asked, partition);
    for (const site of SITES) if (!reaches(got[site], want[site])) return false;
  }
  return true;
}
function reaches(got: OriginPosition | undefined, want: OriginPosition | undefined): boolean {
  if (want === undefined) return true;
  if (got === undefined) return false;
  const order = compareEpochs(got.epoch, want.epoch);
  return order > 0 || (order === 0 && got.seq >= want.seq);
}

/** For each origin the further of two positions. */
export function laterOf(a: VectorPosition, b: VectorPosition): VectorPosition {
  const partitions = Array.from({ length: Math.max(partitionsIn(a), partitionsIn(b)) }, (_, partition) => {
    const [x, y] = [ofPartition(a, partition), ofPartition(b, partition)];
    const further: { [site in SiteId]?: OriginPosition } = {};
    for (const site of SITES) {
      const at = reaches(x[site], y[site]) ? x[site] : y[site];
      if (at !== undefined) further[site] = at;
    }
    return further;
  });
  const [first = {}, ...more] = partitions;
  return more.length === 0 ? first : { ...first, more };
}
