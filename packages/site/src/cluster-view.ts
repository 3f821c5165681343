// What /v1/cluster says of this site: how it stands to the other, how fresh and how settled what it shows is.
import { ruleOff } from '@vigie/api';
import type { ClusterView, OperatingIncident } from '@vigie/api/contract';
import type { SwitchOfRule } from '@vigie/engine';
import type { MembershipState, PeerState } from '@vigie/log';
import { ENTRY_MINOR, ENTRY_VERSION, SITES, type SiteId, otherSite } from '@vigie/model';
import type { ReplicaStatus } from '@vigie/replica';

export function clusterView(o: {
  readonly site: SiteId;
  readonly urls: Readonly<Record<SiteId, string>>;
  readonly nowMs: number;
  readonly peer: PeerState;
  readonly left: boolean;
  readonly membership: MembershipState;
  readonly status: ReplicaStatus;
  readonly rulesOff: readonly SwitchOfRule[];
  readonly incidents: readonly OperatingIncident[];
}): ClusterView {
  const { status, peer } = o;
  const perSite = (of: { readonly [site in SiteId]?: number }): Record<SiteId, number | null> =>
    Object.fromEntries(SITES.map((site) => [site, round(of[site])])) as Record<SiteId, number | null>;
  const other = otherSite(o.site);
  return {
    site: o.site,
    urls: o.urls,
    at: new Date(o.nowMs).toISOString(),
    peer: {
      site: other,
      joined: peer.joined,
      reachable: peer.reachable,
      lagMs: peer.reachable ? (round(status.watermarkAgeMs[other]) ?? null) : null,
      left: o.left,
    },
    ...o.membership,
    watermarkAgeMs: perSite(status.watermarkAgeMs),
    settledBehindMs: Math.round(status.settledBehindMs),
    newestReportAgeMs: perSite(status.newestReportAgeMs),
    digest:
      status.digest === undefined
        ? null
        : { position: String(status.digest.second), value: status.digest.value, equal: status.digest.equal ?? null },
    epochs: status.epochs,
    duties: status.duties,
    unobservedDevices: status.unobservedDevices,
    clockSkewMs: round(peer.clockSkewMs),
    logFormat: `${ENTRY_VERSION}.${ENTRY_MINOR}`,
    rulesOff: o.rulesOff.map(ruleOff),
    incidents: o.incidents,
  };
}

const round = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value));
