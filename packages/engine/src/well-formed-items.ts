// Steps and events as the fold believes them.
import {
  EVENT_TYPES,
  LANES,
  PRIORITY,
  type IncidentEvent,
  type IncidentStep,
  STEPS,
  isDispatchAttempt,
  isDispatchReceipt,
} from '@vigie/model';
import { isMoment } from './well-formed.ts';

export const isAttempt = isDispatchAttempt;
export const isReceipt = isDispatchReceipt;

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTextOrNone = (value: unknown): boolean => value === undefined || typeof value === 'string';

export function isStep(value: unknown): value is IncidentStep {
  if (!isObject(value) || typeof value['incidentId'] !== 'string' || typeof value['by'] !== 'string') return false;
  if (!(STEPS as readonly unknown[]).includes(value['step'])) return false;
  if (!isTextOrNone(value['note']) || !isTextOrNone(value['code'])) return false;
  const until = value['untilMs'];
  if (until !== undefined && !Number.isSafeInteger(until)) return false;
  const id = value['idempotency'];
  if (id === undefined) return true;
  return (
    isObject(id) &&
    typeof id['client'] === 'string' &&
    typeof id['key'] === 'string' &&
    typeof id['bodyHash'] === 'string'
  );
}

export function isEvent(value: unknown): value is IncidentEvent {
  if (!isObject(value)) return false;
  for (const field of ['incidentId', 'step', 'ruleId', 'kind']) if (typeof value[field] !== 'string') return false;
  if (!(EVENT_TYPES as readonly unknown[]).includes(value['type'])) return false;
  if (!Number.isSafeInteger(value['openedAtMs'])) return false;
  if (value['closedAtMs'] !== undefined && !Number.isSafeInteger(value['closedAtMs'])) return false;
  const reason = value['reason'];
  if (!isObject(reason) || typeof reason['code'] !== 'string' || !Array.isArray(reason['fixes'])) return false;
  const first: unknown = reason['fixes'][0];
  return first === undefined || (isObject(first) && typeof first['deviceId'] === 'string');
}

/** Whatever it is shown by is what it should be: its kind, its times, its reason. */
export function isShowable({
  kind,
  ruleId,
  openedAtMs,
  closedAtMs = openedAtMs,
  lane,
  reason,
}: IncidentEvent): boolean {
  if (!Object.hasOwn(PRIORITY, kind) || !(LANES as readonly unknown[]).includes(lane)) return false;
  if (ruleId.length > TEXT_MAX || !isMoment(openedAtMs) || !isMoment(closedAtMs)) return false;
  const { rule, kind: ofReason, version, fixes, values } = reason as unknown as Fields;
  return (
    typeof rule === 'string' &&
    ofReason === kind &&
    Number.isSafeInteger(version) &&
    isObject(values) &&
    Object.values(values).every(Number.isFinite) &&
    (fixes as readonly unknown[]).every(isFix)
  );
}
const TEXT_MAX = 200;

function isFix(value: unknown): boolean {
  if (!isObject(value) || typeof value['deviceId'] !== 'string') return false;
  const { atMs, latE7, lonE7, accuracyMm, distanceMm } = value;
  if (typeof atMs !== 'number' || !isMoment(atMs)) return false;
  return [latE7, lonE7, accuracyMm, distanceMm].every((number) => number === undefined || Number.isFinite(number));
}
