// The words of Vigie: what every other package may say. Pure: no clock, no dice, no I/O.
export {
  degE7,
  degreesToE7,
  fixTimeMs,
  type FixTimeMs,
  logTimeMs,
  logTimeUs,
  type LogTimeUs,
  type Seq,
  seqOf,
} from './units.ts';
export {
  isSiteId,
  otherSite,
  type SiteId,
  siteRank,
  SITES,
} from './site.ts';
export {
  assert,
  ERROR_KINDS,
  type ErrorKind,
  fail,
  type FieldError,
  must,
  ok,
  type Result,
  unreachable,
  type WorldError,
} from './errors.ts';
export {
  byCodeUnit,
  utf8Decode,
  utf8Encode,
} from './text.ts';
export {
  canonicalJson,
  derivedId,
  type Json,
  sha256Bytes,
} from './canonical.ts';
export { PARTITIONS_MAX, isPartitionCount, partitionName, partitionOf, partitionOfCase } from './partition.ts';
export {
  POSITION_LENGTH_MAX,
  compareEpochs,
  covers,
  epochNumber,
  formatPosition,
  inPartition,
  isEpoch,
  laterOf,
  ofPartition,
  type OriginPosition,
  parsePosition,
  type VectorPosition,
  withOrigin,
} from './position.ts';
export {
  DEVICE_EVENTS,
  type DeviceEvent,
  eventBit,
  type Report,
  reportHash,
  reportKey,
} from './report.ts';
export {
  checkReport,
  FIX_TIME_AHEAD_MS_MAX,
  FIX_TIME_MS_MIN,
  isDeviceId,
  parseRfc3339,
  UPLOAD_BYTES_MAX,
  UPLOAD_REPORTS_MAX,
} from './report-input.ts';
export {
  encodeReportBatch,
  ReportBatchReader,
} from './report-batch.ts';
export {
  CHANNELS,
  type Channel,
  type DispatchAttempt,
  type DispatchReceipt,
  isDispatchAttempt,
  isDispatchReceipt,
  isReceiverId,
  RECEIPT_OUTCOMES,
  type ReceiptOutcome,
} from './dispatch.ts';
export {
  type Escalation,
  ESCALATION_S_MAX,
  HARM,
  type Harm,
  HARMS,
  LADDER,
  type LadderRole,
  SHIPPED_ESCALATION,
} from './escalation.ts';
export {
  type Canton,
  CANTONS,
  LEGAL_BASES,
  ruleSchema,
  type CaseInput,
  caseInputSchema,
  DEVICES_MAX,
  type IntervalMs,
  type Mode,
  MODES,
  type NewCase,
  newCaseSchema,
  type OrderInput,
  orderInputSchema,
  type RecordedCase,
  type RecordedDevice,
  type RecordedOrder,
  type RecordedRule,
  type RuleInput,
  type RuleKind,
  RULE_KIND_SINCE,
  RULES_MAX,
  type ZoneInput,
  zoneSchema,
} from './case.ts';
export {
  EVENT_TYPES,
  type EventType,
  type IncidentEvent,
  type IncidentPlace,
  incidentId,
  isIncidentPlace,
  type IncidentKind,
  type IncidentStatus,
  type IncidentStep,
  type Lane,
  LANES,
  PRIORITY,
  type Reason,
  type ReasonFix,
  statusAfter,
  STATUSES,
  EVENT_OF_STEP,
  SHELF_APPROVAL_MS_MAX,
  SHELF_MS_MAX,
  isSwitchable,
  SWITCH_APPROVAL_MS_MAX,
  SWITCH_NOTE_MAX,
  SWITCHABLE,
  type SwitchableKind,
  type StepKind,
  STEPS,
} from './incident.ts';
export { boundariesSchema } from './boundaries.ts';
export { sharedZoneIdSchema } from './shared-zone-id.ts';
export {
  SHARED_ZONES_MAX,
  SHARED_ZONES_SINCE,
  type SharedZoneData,
  type SharedZoneInput,
  sharedZoneInputSchema,
} from './shared-zone.ts';
export { EN_50518_LIKE, type KpiClock, type KpiProfile, kpiProfileSchema } from './kpi.ts';
export {
  type AdmitData,
  type CaseKind,
  decodeEntry,
  entryParts,
  encodeEntry,
  type Entry,
  ENTRY_BYTES_MAX,
  ENTRY_MINOR,
  ENTRY_VERSION,
  type EntryKind,
  type FoundData,
  type EngineVersionData,
  type ErasedData,
  type HeartbeatData,
  type KeyDestroyedData,
  isCaseKind,
  type Item,
  ITEM_OVERHEAD_BYTES,
  type OkData,
  type OldPlace,
  type RuleSwitchedData,
  parseStreamName,
  type Seen,
  streamName,
  type YieldData,
} from './entry.ts';
export { swissTime } from './swiss-time.ts';
export { type RetentionPolicy, retentionSchema, ZGB_28C_MONTHS_MAX } from './retention.ts';
export {
  CASE_SWITCH_MS_MAX,
  type CaseRuleSwitch,
  isCaseRuleSwitch,
  isSwitchableInCase,
  protectsPerson,
} from './case-rule-switch.ts';
export { isTimeZoneName, timeZoneNames } from './time-zones.ts';
export { withRuleIds } from './rule-of-field.ts';
