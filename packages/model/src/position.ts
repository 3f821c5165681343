// A vector position (L18): how far each origin has been received, `noirmont.3-k7f2:1841,delemont.2-q09x:977`. Answers, Min-Position and
// event cursors are all this one type. An origin not yet heard is left out.
import { type Result, fail, ok } from './errors.ts';
import { SITES, type SiteId, isSiteId } from './site.ts';
import { type Seq, seqOf } from './units.ts';

export interface OriginPosition {
  /** `<number>-<suffix>`, as in the name of the stream (L10). */
  readonly epoch: string;
  readonly seq: Seq;
}
export type VectorPosition = { readonly [site in SiteId]?: OriginPosition };

const EPOCH = /^([0-9]{1,9})-([a-z0-9]{1,16})$/;
const POSITION_LENGTH_MAX = 200;

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
  for (const site of SITES) {
    const at = position[site];
    if (at !== undefined) parts.push(`${site}.${at.epoch}:${at.seq}`);
  }
  return parts.join(',');
}

export function parsePosition(text: string): Result<VectorPosition> {
  const bad = (reason: string) => fail('invalid-input', 'not a position', { fields: [{ field: 'position', reason }] });
  if (text.length > POSITION_LENGTH_MAX) return bad('is too long');
  const position: { [site in SiteId]?: OriginPosition } = {};
  if (text === '') return ok(position);
  for (const part of text.split(',')) {
    const match = /^([a-z]+)\.([0-9a-z-]+):([0-9]{1,15})$/.exec(part);
    const [, site, epoch, seq] = match ?? [];
    if (site === undefined || epoch === undefined || seq === undefined || !isSiteId(site) || !isEpoch(epoch))
      return bad(`'${part}' is not <site>.<epoch>:<sequence>`);
    if (position[site] !== undefined) return bad(`names ${site} twice`);
    position[site] = { epoch, seq: seqOf(Number(seq)) };
  }
  return ok(position);
}

/** True when everything of `asked` is covered by `have`. */
export function covers(have: VectorPosition, asked: VectorPosition): boolean {
  for (const site of SITES) {
    const want = asked[site];
    if (want === undefined) continue;
    const got = have[site];
    if (got === undefined) return false;
    const order = compareEpochs(got.epoch, want.epoch);
    if (order < 0 || (order === 0 && got.seq < want.seq)) return false;
  }
  return true;
}
