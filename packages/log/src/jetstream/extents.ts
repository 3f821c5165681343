// How far each epoch goes on a disk, and both disks side by side.
import type { EpochExtent, Survey } from '../types.ts';
import type { JetStreamApi } from './api.ts';
import { type KnownStream, knownStreams } from './streams.ts';

const keyOf = ({ site, epoch }: { site: string; epoch: string }): string => `${site} ${epoch}`;

/** A copy can get no entry of its own, so it counts as sealed. */
function epochExtents(streams: readonly KnownStream[]): EpochExtent[] {
  const all = new Map<string, EpochExtent>();
  for (const stream of streams) {
    const { site, epoch, lastSeq } = stream;
    const other = all.get(keyOf(stream));
    const sealed = (stream.sealed || stream.copy) && (other?.sealed ?? true);
    all.set(keyOf(stream), { site, epoch, lastSeq: Math.max(lastSeq, other?.lastSeq ?? 0), sealed });
  }
  return [...all.values()];
}

export const extents = (streams: readonly KnownStream[]): Map<string, number> =>
  new Map(epochExtents(streams).map((extent) => [keyOf(extent), extent.lastSeq]));

/** L12: all that the other held when first asked is here; what it has lost since then cannot be waited for. */
export function caughtUpWith(
  target: ReadonlyMap<string, number>,
  there: ReadonlyMap<string, number>,
  here: ReadonlyMap<string, number>,
): boolean {
  for (const [key, seq] of target) if ((here.get(key) ?? 0) < Math.min(seq, there.get(key) ?? 0)) return false;
  return true;
}

export async function surveyBoth(
  api: JetStreamApi,
  peerApi: JetStreamApi,
  partition: number,
  timeoutMs: number,
  archived: readonly KnownStream[],
): Promise<Survey | undefined> {
  // The other first: what is there now must be here a moment later.
  const there = await peerApi.streams(timeoutMs);
  const here = there.ok ? await api.streams() : there;
  if (!there.ok || !here.ok) return undefined;
  return {
    own: epochExtents([...knownStreams(here.value, partition), ...archived]),
    peer: epochExtents(knownStreams(there.value, partition)),
  };
}
