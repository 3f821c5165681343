// The payload of an item, once opened: canonical JSON of a word of the model, or the bytes of a report batch. Content that is
// not what its kind says is a value, the same one at both sites: the item is then counted and has no effect.
import type { OpenedItem } from '@vigie/engine';
import {
  type CaseKind,
  type CaseRuleSwitch,
  type DispatchAttempt,
  type DispatchReceipt,
  EVENT_TYPES,
  type IncidentEvent,
  type IncidentStep,
  type Json,
  MODES,
  type RecordedCase,
  type RecordedOrder,
  type ReportBatchReader,
  STEPS,
  canonicalJson,
  isCaseKind,
  isCaseRuleSwitch,
  isDispatchAttempt,
  isDispatchReceipt,
  utf8Decode,
  utf8Encode,
} from '@vigie/model';

export interface OrderPayload {
  readonly order: RecordedOrder;
  /** The subject of the token that asked for it. */
  readonly by: string;
}
export interface StopPayload {
  readonly by: string;
  readonly reason: string;
}
interface PayloadOf {
  readonly case: RecordedCase;
  readonly order: OrderPayload;
  readonly stop: StopPayload;
  readonly step: IncidentStep;
  readonly case_rule: CaseRuleSwitch;
  readonly event: IncidentEvent;
  readonly attempt: DispatchAttempt;
  readonly receipt: DispatchReceipt;
}

/** Kinds whose items the fold applies: all that have items of a measure. */
export type FoldedKind = CaseKind;
export const isFolded = isCaseKind;

/** The bytes of a payload, before they are sealed. */
export const encodePayload = <K extends keyof PayloadOf>(_kind: K, value: PayloadOf[K]): Uint8Array =>
  utf8Encode(canonicalJson(value as unknown as Json));

type Parsed = { readonly ok: true; readonly item: OpenedItem } | { readonly ok: false; readonly detail: string };
const bad = (detail: string): Parsed => ({ ok: false, detail });

/** `reader` is pointed at the bytes of a report batch; the item is valid until it is pointed elsewhere. */
export function parsePayload(kind: FoldedKind, measure: string, bytes: Uint8Array, reader: ReportBatchReader): Parsed {
  if (kind === 'reports') {
    try {
      const batch = reader.reset(bytes);
      // The rarely used rest of a report is JSON: read it here, where what is malformed can still be said.
      for (let i = 0; i < batch.count; i++) if (batch.hasExtras(i)) batch.beacons(i);
      return { ok: true, item: { kind, measure, batch } };
    } catch (cause) {
      return bad(cause instanceof Error ? cause.message : 'not a report batch');
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(utf8Decode(bytes));
  } catch {
    return bad('not JSON');
  }
  if (!isRecord(value)) return bad('not an object');
  switch (kind) {
    case 'case':
      return isRecordedCase(value) ? { ok: true, item: { kind, measure, recorded: value } } : bad('not a case');
    case 'order': {
      const { order, by } = value;
      return isRecord(order) && isRecordedOrder(order) && isText(by)
        ? { ok: true, item: { kind, measure, order, by } }
        : bad('not an order');
    }
    case 'stop': {
      const { by, reason } = value;
      return isText(by) && isText(reason) ? { ok: true, item: { kind, measure, by, reason } } : bad('not a stop');
    }
    case 'step':
      return isStep(value) ? { ok: true, item: { kind, measure, step: value } } : bad('not a step');
    case 'event':
      return isEvent(value) ? { ok: true, item: { kind, measure, event: value } } : bad('not an event');
    case 'attempt':
      return isDispatchAttempt(value) ? { ok: true, item: { kind, measure, attempt: value } } : bad('not an attempt');
    case 'receipt':
      return isDispatchReceipt(value) ? { ok: true, item: { kind, measure, receipt: value } } : bad('not a receipt');
    case 'case_rule':
      return isCaseRuleSwitch(value)
        ? { ok: true, item: { kind, measure, change: value } }
        : bad('not a switch of a rule');
    default: {
      const never: never = kind;
      return never;
    }
  }
}

type Fields = { readonly [name: string]: unknown };
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
const isList = <T>(value: unknown, each: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every((item) => each(item));
const isOptional = (value: unknown, each: (item: unknown) => boolean): boolean => value === undefined || each(value);

const INTEGERS_OF_RULE = [
  'bufferMm',
  'graceMs',
  'dwellMs',
  'warnMm',
  'alarmMm',
  'maxAgeMs',
  'maxGapMs',
  'maxMs',
  'maxSpeedMmps',
] as const;

const isInterval = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && isInteger(value[0]) && isInteger(value[1]);

const isRule = (value: unknown): value is Fields =>
  isRecord(value) &&
  isText(value['ruleId']) &&
  isText(value['kind']) &&
  INTEGERS_OF_RULE.every((name) => isOptional(value[name], isInteger)) &&
  isOptional(value['minPct'], Number.isFinite) &&
  isOptional(value['active'], (active) => isList(active, isInterval)) &&
  isOptional(value['beacons'], (beacons) => isList(beacons, isText)) &&
  isOptional(value['partnerDeviceId'], isText);

function isRecordedOrder(value: unknown): value is RecordedOrder {
  return (
    isRecord(value) &&
    isInteger(value['baseRevision']) &&
    isInteger(value['validFromMs']) &&
    isInteger(value['validToMs']) &&
    isList(value['rules'], isRule)
  );
}

const isDevice = (value: unknown): value is Fields =>
  isRecord(value) &&
  isText(value['deviceId']) &&
  (value['role'] === 'wearer' || value['role'] === 'protected') &&
  isText(value['tokenHash']);

function isRecordedCase(value: unknown): value is RecordedCase {
  return (
    isRecord(value) &&
    isText(value['caseId']) &&
    isText(value['authority']) &&
    (MODES as readonly unknown[]).includes(value['mode']) &&
    isList(value['devices'], isDevice) &&
    isRecordedOrder(value['order'])
  );
}

function isStep(value: unknown): value is IncidentStep {
  if (!isRecord(value)) return false;
  const idempotency = value['idempotency'];
  return (
    isText(value['incidentId']) &&
    (STEPS as readonly unknown[]).includes(value['step']) &&
    isText(value['by']) &&
    isOptional(value['note'], isText) &&
    isOptional(value['code'], isText) &&
    isOptional(value['untilMs'], isInteger) &&
    (idempotency === undefined ||
      (isRecord(idempotency) &&
        isText(idempotency['client']) &&
        isText(idempotency['key']) &&
        isText(idempotency['bodyHash'])))
  );
}

function isEvent(value: unknown): value is IncidentEvent {
  return (
    isRecord(value) &&
    isText(value['incidentId']) &&
    isText(value['step']) &&
    (EVENT_TYPES as readonly unknown[]).includes(value['type']) &&
    isText(value['ruleId']) &&
    isText(value['kind']) &&
    isInteger(value['openedAtMs']) &&
    isOptional(value['closedAtMs'], isInteger) &&
    isText(value['lane']) &&
    isOptional(value['level'], isInteger) &&
    isRecord(value['reason'])
  );
}
