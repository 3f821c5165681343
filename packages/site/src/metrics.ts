// /metrics: counters and gauges in the Prometheus text format, read from the parts when asked.
import type { DispatchStatus } from '@vigie/dispatch';
import type { IngestCounters } from '@vigie/ingest';
import type { PeerState } from '@vigie/log';
import type { ProjectorStatus } from '@vigie/projections';
import type { ReplicaStatus } from '@vigie/replica';
import { OPERATING_INCIDENT_KINDS } from '@vigie/api/contract';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { OperatingIncidents } from './operating-incidents.ts';

export interface MetricSources {
  readonly status: () => ReplicaStatus;
  readonly peer: () => PeerState;
  readonly ingest: () => Readonly<IngestCounters>;
  readonly projector: () => ProjectorStatus;
  readonly dispatch: () => DispatchStatus;
  readonly incidents: () => Pick<OperatingIncidents, 'has'>;
  readonly freeBytes: () => number | undefined;
}

/** Ages and lags in seconds, as Prometheus has it. */
export function siteMetrics(site: string, sources: MetricSources): () => Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ site });
  collectDefaultMetrics({ register: registry, prefix: 'vigie_' });
  const gauge = (name: string, help: string, read: () => number | undefined): void => {
    const metric: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => metric.set(read() ?? Number.NaN),
    });
  };
  const { status, peer, ingest, projector, incidents, freeBytes } = sources;
  gauge('vigie_joined', '1 while the sites are joined: each hears the other, and sees what it writes', () =>
    peer().joined ? 1 : 0,
  );
  gauge('vigie_settled_behind_seconds', 'settled log time behind live log time', () => status().settledBehindMs / 1000);
  gauge('vigie_unsettled_entries', 'entries received and not settled', () => status().unsettledEntries);
  gauge('vigie_digest_equal', '1 while the last compared digests agree', () => {
    const equal = status().digest?.equal;
    return equal === undefined ? undefined : Number(equal);
  });
  gauge('vigie_cases', 'cases known', () => status().cases);
  gauge(
    'vigie_unobserved_devices',
    'devices whose reports come by a site that is not heard',
    () => status().unobservedDevices,
  );
  gauge('vigie_waiting_for_keys', 'items that wait for the key of their measure', () => status().waitingForKeys);
  for (const kind of Object.keys(status().faults) as (keyof ReplicaStatus['faults'])[])
    gauge(
      `vigie_fault_${kind.replaceAll('-', '_')}`,
      `faults of kind ${kind} since the start`,
      () => status().faults[kind],
    );
  for (const kind of OPERATING_INCIDENT_KINDS)
    gauge(`vigie_incident_${kind.replaceAll('-', '_')}`, `1 while there is an operating incident of kind ${kind}`, () =>
      Number(incidents().has(kind)),
    );
  gauge('vigie_log_disk_free_bytes', 'free room on the disk of the log server', freeBytes);
  gauge('vigie_clock_skew_seconds', 'site clock of the other site minus ours', () => {
    const skew = peer().clockSkewMs;
    return skew === undefined ? undefined : skew / 1000;
  });
  for (const name of Object.keys(ingest()) as (keyof IngestCounters)[])
    gauge(`vigie_ingest_${snake(name)}`, `ingest: ${name} since the start`, () => ingest()[name]);
  for (const name of Object.keys(sources.dispatch()) as (keyof DispatchStatus)[])
    gauge(`vigie_dispatch_${snake(name)}`, `dispatch: ${name}`, () => sources.dispatch()[name]);
  gauge('vigie_projection_lag_seconds', 'rows behind what the fold knows', () => projector().lagMs / 1000);
  gauge('vigie_projection_pending_cases', 'cases changed and not yet written', () => projector().pending);
  gauge('vigie_projection_failures', 'attempts in a row that failed', () => projector().failures);
  return () => registry.metrics();
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
