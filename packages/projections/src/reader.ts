// Reads of the projections for the API: each in the reader's own row-level security, each logged before it is answered.
import type { Result } from '@vigie/model';
import {
  type CaseFilter,
  type CaseWithOpen,
  type PositionFilter,
  selectCase,
  selectCases,
  selectDevices,
  selectPositions,
} from './read/cases.ts';
import { type EventFilter, type EventSlice, selectEvents } from './read/events.ts';
import { type IncidentFilter, selectIncident, selectIncidents, selectSteps } from './read/incidents.ts';
import { type KpiFilter, type KpiRecord, selectKpi } from './read/kpi.ts';
import type { ChunkRecord, DeviceRecord, IncidentRecord, StepRecord } from './read/records.ts';
import type { Authority, ReadScope } from './read/scope.ts';
import { ReadSession, type ReadSessionOptions } from './read/session.ts';
import { type TrackFilter, selectChunks } from './read/track.ts';

export type Answer<T> = Promise<Result<T>>;

export class ProjectionReader {
  readonly #session: ReadSession;

  constructor(options: ReadSessionOptions) {
    this.#session = new ReadSession(options);
  }

  cases(scope: ReadScope, filter: CaseFilter): Answer<readonly CaseWithOpen[]> {
    return this.#session.read(scope, 'cases', async (tx) => {
      const value = await selectCases(tx, filter);
      return { value, measures: value.map((row) => row.measure) };
    });
  }

  case(
    scope: ReadScope,
    authority: Authority,
    caseId: string,
  ): Answer<{ readonly case: CaseWithOpen; readonly devices: readonly DeviceRecord[] } | undefined> {
    return this.#session.read(scope, 'case', async (tx) => {
      const found = await selectCase(tx, authority, caseId);
      if (found === undefined) return { value: undefined, measures: [] };
      return { value: { case: found, devices: await selectDevices(tx, found.measure) }, measures: [found.measure] };
    });
  }

  incidents(scope: ReadScope, filter: IncidentFilter): Answer<readonly IncidentRecord[]> {
    return this.#session.read(scope, 'incidents', async (tx) => {
      const value = await selectIncidents(tx, filter);
      return { value, measures: value.map((row) => row.measure) };
    });
  }

  incident(
    scope: ReadScope,
    authority: Authority,
    incidentId: string,
  ): Answer<{ readonly incident: IncidentRecord; readonly steps: readonly StepRecord[] } | undefined> {
    return this.#session.read(scope, 'incident', async (tx) => {
      const incident = await selectIncident(tx, authority, incidentId);
      if (incident === undefined) return { value: undefined, measures: [] };
      return { value: { incident, steps: await selectSteps(tx, incident) }, measures: [incident.measure] };
    });
  }

  /** Aggregates of nobody in particular: the log of reads has nothing to say of them. */
  kpi(scope: ReadScope, filter: KpiFilter): Answer<readonly KpiRecord[]> {
    return this.#session.read(scope, 'kpi', async (tx) => ({ value: await selectKpi(tx, filter), measures: [] }));
  }

  positions(scope: ReadScope, filter: PositionFilter): Answer<readonly DeviceRecord[]> {
    return this.#session.read(scope, 'positions', async (tx) => {
      const value = await selectPositions(tx, filter);
      return { value, measures: value.map((row) => row.measure) };
    });
  }

  /** The case must have been found for this reader before: chunks name only their measure. */
  track(scope: ReadScope, filter: TrackFilter): Answer<readonly ChunkRecord[]> {
    return this.#session.read(scope, 'track', async (tx) => ({
      value: await selectChunks(tx, filter),
      measures: [filter.measure],
    }));
  }

  events(scope: ReadScope, filter: EventFilter): Answer<EventSlice> {
    return this.#session.read(scope, 'events', async (tx) => {
      const value = await selectEvents(tx, filter);
      return { value, measures: value.events.map((event) => event.measure) };
    });
  }

  /** For data of persons that is answered from memory. */
  recordRead(scope: ReadScope, kind: string, measures: Iterable<string>): Answer<undefined> {
    return this.#session.record(scope, kind, measures);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
