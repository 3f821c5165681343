// What a site shows of itself, from what its partitions show: the one furthest behind says how far the site is.
import { SITES, type SiteId, derivedId, must } from '@vigie/model';
import type { Replica } from './replica.ts';
import type { ReplicaStatus } from './types.ts';

export function joinStatus(replicas: readonly Replica[]): ReplicaStatus {
  const all = replicas.map((one) => one.status());
  const first = must(all[0], 'a site has a partition');
  if (all.length === 1) return first;
  const sum = (of: (status: ReplicaStatus) => number): number => all.reduce((total, one) => total + of(one), 0);
  const perSite = (
    of: (status: ReplicaStatus) => { readonly [site in SiteId]?: number },
    pick: (...ages: number[]) => number,
  ): { [site in SiteId]?: number } => {
    const joined: { [site in SiteId]?: number } = {};
    for (const site of SITES) {
      const ages = all.flatMap((one) => of(one)[site] ?? []);
      if (ages.length > 0) joined[site] = pick(...ages);
    }
    return joined;
  };
  return {
    settledBehindMs: Math.max(...all.map(({ settledBehindMs }) => settledBehindMs)),
    watermarkAgeMs: perSite(({ watermarkAgeMs }) => watermarkAgeMs, Math.max),
    newestReportAgeMs: perSite(({ newestReportAgeMs }) => newestReportAgeMs, Math.min),
    digest: joinDigests(replicas, all),
    epochs: all.flatMap(({ epochs }, partition) => epochs.map((epoch) => ({ ...epoch, partition }))),
    unobservedDevices: sum(({ unobservedDevices }) => unobservedDevices),
    liveT: Math.max(...all.map(({ liveT }) => liveT)),
    settledT: Math.min(...all.map(({ settledT }) => settledT)),
    unsettledEntries: sum(({ unsettledEntries }) => unsettledEntries),
    duties: [...new Set(all.flatMap(({ duties }) => duties))],
    cases: sum(({ cases }) => cases),
    faults: Object.fromEntries(
      Object.keys(first.faults).map((kind) => [kind, sum(({ faults }) => faults[kind as keyof typeof faults])]),
    ) as unknown as ReplicaStatus['faults'],
    waitingForKeys: sum(({ waitingForKeys }) => waitingForKeys),
  };
}

/** Of the newest second that every partition has reached: the digest of their digests, the same at both sites if each of them is. */
function joinDigests(replicas: readonly Replica[], all: readonly ReplicaStatus[]): ReplicaStatus['digest'] {
  const [own, ...others] = replicas.map((one) => one.digests());
  let second = -1;
  for (const reached of own?.keys() ?? [])
    if (reached > second && others.every((other) => other.has(reached))) second = reached;
  if (second < 0) return undefined;
  const value = derivedId(...[own, ...others].map((of) => of?.get(second) ?? ''));
  const equal = all.map(({ digest }) => digest?.equal);
  return { second, value, equal: equal.includes(false) ? false : equal.every(Boolean) ? true : undefined };
}
