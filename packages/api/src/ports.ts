// What the API needs of the rest of a site. The replica and the reader of the projections stand behind the first two as they
// are; the site wires the others.
import type {
  CaseInput,
  FieldError,
  Json,
  KpiProfile,
  NewCase,
  OrderInput,
  Reason,
  RecordedCase,
  RecordedOrder,
  RuleSwitchedData,
  Result,
  SharedZoneData,
  SharedZoneInput,
  SiteId,
  VectorPosition,
  ZoneInput,
} from '@vigie/model';
import type { AppendResult, FoundAnswer, YieldAnswer } from '@vigie/log';

import type { ProjectionReader } from '@vigie/projections';
import type { ClusterView, ErasureView, Language, PreviewView } from './contract.ts';
import type { AskedSwitch, MassSilence, SiteReplica, SwitchOfRule, Unobserved } from '@vigie/replica';
import type { TokenTable } from './tokens.ts';

export type ReplicaPort = Pick<
  SiteReplica,
  | 'aloneSince'
  | 'caseView'
  | 'decide'
  | 'decideZone'
  | 'decisionStatus'
  | 'deviceByTokenHash'
  | 'epochs'
  | 'events'
  | 'measureOfCase'
  | 'measures'
  | 'onEvent'
  | 'received'
  | 'receivedOnDisk'
  | 'rulesInForce'
  | 'sharedZones'
  | 'whenReceived'
> & {
  /** `settledT`: log time up to which everything is settled, microseconds. */
  status(): { readonly settledT: number };
};

export type ReaderPort = Pick<
  ProjectionReader,
  'case' | 'cases' | 'events' | 'incident' | 'incidents' | 'kpi' | 'positions' | 'recordRead' | 'track'
>;

/** How far the rows reach (the projector). */
export interface ProjectedPort {
  projected(): VectorPosition;
  whenProjected(position: VectorPosition, timeoutMs: number): Promise<boolean>;
  status(): { readonly failures: number };
}

export interface KeysPort {
  /** Makes a measure with its key, kept here and offered to the other site; it lies in the partition of its case. */
  create(caseId: string): Promise<Result<string>>;
  /** Opens a sealed payload; `key-missing` when the key is not here. */
  open(measure: string, bytes: Uint8Array): Result<Uint8Array>;
  /** For the other site: the key as it is passed on; undefined = not held. */
  give(measure: string): Uint8Array | undefined;
  take(measure: string, key: Uint8Array): Promise<Result<void>>;
}

/** What is recorded, and what of the order as written looks like a mistake (a zone far outside the country) and is taken all the same. */
export interface Compiled<T> {
  readonly recorded: T;
  readonly warnings: readonly FieldError[];
}

/** Court orders as written -> as the log records them (package `orders`). */
export interface OrdersPort {
  compileCase(
    input: NewCase,
    /** SHA-256 (hex) of each device's token. */
    tokenHashes: ReadonlyMap<string, string>,
  ): Result<Compiled<RecordedCase>>;
  compileOrder(
    input: OrderInput,
    of: Pick<CaseInput, 'timezone' | 'canton' | 'devices' | 'mode'>,
    baseRevision: number,
  ): Result<Compiled<RecordedOrder>>;
  /** Zones beside an order, such as where there is no network. */
  compileZones(inputs: readonly ZoneInput[], field: string): Result<Compiled<readonly Json[]>>;
  compileZone(
    input: SharedZoneInput,
    of: Pick<SharedZoneData, 'zoneId' | 'baseRevision' | 'by'>,
  ): Result<Compiled<SharedZoneData>>;
}

export interface PreviewJob {
  /** The case with the order that is asked about. */
  readonly recorded: RecordedCase;
  /** Reports as devices sent them, opened. */
  readonly batches: readonly Uint8Array[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Recorded zones. */
  readonly coverageGaps: readonly Json[];
  readonly policeTravelS?: number;
}
export type PreviewAnswer = Omit<PreviewView, 'warnings'>;

/** The built console, served by the site. */
export interface ConsolePort {
  readonly dir: string;
  readonly headers: Readonly<Record<string, string>>;
  cacheControlOf(path: string): string;
}

/** What an SRE does with the membership of this site (Leave, Found). */
export interface MembershipPort {
  state(): {
    readonly membership: ClusterView['membership'];
    /** The other site is away, and this one settles alone. */
    readonly alone: boolean;
    readonly generation: string;
    readonly rival: string | null;
  };
  drain(by: string): void;
  undrain(): void;
  retire(by: string): Promise<FoundAnswer>;
  /** Gives up the generation founded here for the other site's; the site then begins anew from the log. */
  yield(by: string): Promise<YieldAnswer>;
}

/** Rules switched off and on for the whole platform. */
export interface RulesPort {
  /** As live has it. */
  state(): {
    readonly off: readonly SwitchOfRule[];
    readonly asked: readonly AskedSwitch[];
    /** Why no further switch may be asked for; undefined: it may. */
    readonly closed: string | undefined;
  };
  append(entryId: string, data: RuleSwitchedData): Promise<AppendResult>;
}

export interface ApiPorts {
  readonly site: SiteId;
  /** Public URL of each site, without a trailing slash. */
  readonly urls: Readonly<Record<SiteId, string>>;
  readonly replica: ReplicaPort;
  readonly reader: ReaderPort;
  readonly projector: ProjectedPort;
  readonly keys: KeysPort;
  readonly orders: OrdersPort;
  /** Runs apart from detection, bounded: `overloaded` when it would take too long or too many are asked for. */
  readonly preview: (job: PreviewJob) => Promise<Result<PreviewAnswer>>;
  readonly tokens: TokenTable;
  /** The token the two sites show each other. */
  readonly internalToken: string;
  /** The sentence for people (engine). */
  readonly sentence: (reason: Reason, language: Language) => string;
  /** The clocks by which this centre measures its answers. */
  readonly kpi: KpiProfile;
  readonly cluster: () => ClusterView;
  /** D5: as of the last look; undefined: the other site is heard, or has left. */
  readonly unobserved: () => Unobserved | undefined;
  /** As of the last look; undefined: none runs. */
  readonly massSilence: () => MassSilence | undefined;
  readonly membership: MembershipPort;
  /** D4: what is due, then what was erased. */
  readonly erasures: () => readonly ErasureView[];
  readonly rules: RulesPort;
  readonly ready: () => { readonly ready: boolean; readonly reasons: readonly string[] };
  readonly metrics: () => string | Promise<string>;
  readonly console?: ConsolePort;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** Something worth a line in the site's log. Never holds a name, a device id or a coordinate. */
  readonly note: (level: 'info' | 'warn' | 'error', detail: string, cause?: unknown) => void;
}
