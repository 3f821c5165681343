// L8, L9: what a log holds ends in one order and one live state, however its streams were delivered beside one another. Each site's
// disk at the end of the run is read again, from nothing, in interleavings that no run comes to.
import { Merge, type OriginMessage, type PlacedEntry, comparePlaces, originMessage } from '@vigie/log';
import { type Json, SITES, canonicalJson } from '@vigie/model';
import { Random } from '../../random.ts';
import type { Cluster } from '../cluster.ts';
import type { SimStream } from '../disk.ts';
import type { SimSite } from '../site.ts';
import type { Violation } from './check.ts';
import { type InSequence, nameOf } from './sequence.ts';

const INTERLEAVINGS = 3;

export function checkArrivals(cluster: Cluster, sequence: readonly (InSequence | undefined)[]): Violation[] {
  const dice = new Random(`sim ${cluster.options.seed} arrivals`);
  const witness: string[] = [];
  for (const site of SITES) {
    let first: readonly string[] | undefined;
    for (let i = 0; i < INTERLEAVINGS; i++) {
      const order = orderOf(
        cluster.sites[site],
        interleaved(cluster.sites[site], dice, cluster.breaks === 'forgets-late' && i === 1),
      );
      const other = firstDifference(order, first ?? sequence.map((one) => one && named(one.placed, one.t)));
      if (other !== undefined) witness.push(`${site}, interleaving ${i + 1}: ${other}`);
      first ??= order;
    }
  }
  witness.push(...(cluster.history.reread ?? []));
  return witness.length === 0
    ? []
    : [
        {
          invariant: 'arrivals',
          why: 'the same messages delivered otherwise end otherwise',
          witness: witness.slice(0, 4),
        },
      ];
}

/** All messages of a disk, each stream in its order; some streams lag far behind the others. */
export function interleaved({ server }: SimSite, dice: Random, dropsLast = false): OriginMessage[] {
  const left = server.disk.streams().map((stream) => ({ stream, next: 1, weight: dice.logBetween(0.003, 1) }));
  const messages: OriginMessage[] = [];
  for (let open = left.filter(hasMore); open.length > 0; open = open.filter(hasMore)) {
    const chosen = open[dice.weighted(open.map(({ weight }) => weight))] as Reading;
    const { site, epoch, messages: bytes } = chosen.stream;
    for (const end = chosen.next + dice.below(9); chosen.next <= end && hasMore(chosen); chosen.next++)
      messages.push(originMessage(site, epoch, chosen.next, bytes[chosen.next - 1] as Uint8Array));
  }
  return dropsLast ? messages.slice(0, -1) : messages;
}
interface Reading {
  readonly stream: SimStream;
  next: number;
  readonly weight: number;
}
const hasMore = ({ stream, next }: Reading): boolean => next <= stream.messages.length;

/** Everything that has a place in the end, settled or not. */
function orderOf({ site, server }: SimSite, messages: readonly OriginMessage[]): string[] {
  const merge = new Merge({ self: site });
  const settled: PlacedEntry[] = [];
  merge.runs(server.epoch);
  merge.beginReading();
  // A site that is alone settles without having caught up with anybody.
  for (const message of messages) settled.push(...merge.receive(message).settled);
  settled.push(...merge.catchUp().settled, ...merge.endReading().settled);
  return [...settled, ...[...merge.unsettled()].sort(comparePlaces)].map((placed) => named(placed, placed.t));
}

const named = (placed: PlacedEntry, t: number): string => `${nameOf(placed)} at t=${t}`;

function firstDifference(now: readonly string[], then: readonly (string | undefined)[]): string | undefined {
  const i = then.findIndex((name, index) => name !== undefined && name !== now[index]);
  return i < 0 ? undefined : `number ${i} is ${now[i] ?? 'missing'}; else it is ${then[i]}`;
}

export const viewsText = (cluster: Cluster, replica: SimSite['replica']): string[] =>
  cluster.people.map(({ measure }) => {
    const view = replica?.caseView(measure);
    return view === undefined ? '' : canonicalJson({ ...view, provisional: 0 } as unknown as Json);
  });
