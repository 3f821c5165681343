// A new case: its devices, its mode, its first order.
import {
  type Canton,
  type CaseInput,
  type FieldError,
  type NewCase,
  type RecordedCase,
  type Result,
  caseInputSchema,
  newCaseSchema,
  ok,
  withRuleIds,
} from '@vigie/model';
import type { BoxDegrees } from '@vigie/geo';
import { type Compiled, compileParsedOrder, invalid } from './compile-order.ts';
import { fieldErrors } from './field-path.ts';

export interface CaseOptions {
  /** SHA-256 (hex) of a device's token; absent where no device reports (offline). */
  readonly tokenHash?: (deviceId: string) => string;
  readonly validity?: BoxDegrees | undefined;
  /** The version of the rules in force; absent = all that this program knows. */
  readonly rulesVersion?: number | undefined;
  readonly hasSharedZone?: ((zoneId: string) => boolean) | undefined;
}

/** The body of `POST /v1/cases`: a case with its authority and legal basis. */
export function compileNewCase(input: unknown, options: CaseOptions = {}): Result<Compiled<RecordedCase>> {
  const parsed = newCaseSchema.safeParse(input);
  if (!parsed.success) return invalid(withRuleIds(fieldErrors(parsed.error, input), input));
  return compile(parsed.data, options);
}

/** `evaluate`'s case.json; authority, legal basis and the rest of a new case may stand there and count if they do. */
export function compileCase(input: unknown, options: CaseOptions = {}): Result<Compiled<RecordedCase>> {
  const parsed = caseInputSchema.extend(newCaseSchema.partial().shape).extend(caseInputSchema.shape).safeParse(input);
  if (!parsed.success) return invalid(withRuleIds(fieldErrors(parsed.error, input), input));
  return compile(parsed.data, options);
}

/** A case that names no authority is a trial: nothing of it is ever dispatched. */
const NO_AUTHORITY: Canton = 'JU';

function compile(
  input: CaseInput & { [K in keyof NewCase]?: NewCase[K] | undefined },
  options: CaseOptions,
): Result<Compiled<RecordedCase>> {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, device] of input.devices.entries()) {
    if (seen.has(device.deviceId)) errors.push({ field: `devices[${i}].deviceId`, reason: 'is listed twice' });
    seen.add(device.deviceId);
  }
  if (!input.devices.some((d) => d.role === 'wearer')) errors.push({ field: 'devices', reason: 'must hold a wearer' });
  const { validFrom, validTo, rules, timezone, escalation } = input;
  const order = compileParsedOrder(
    { validFrom, validTo, rules, ...(escalation === undefined ? {} : { escalation }) },
    {
      timezone,
      canton: input.canton ?? input.authority,
      devices: input.devices,
      baseRevision: 0,
      validity: options.validity,
      rulesVersion: options.rulesVersion,
      hasSharedZone: options.hasSharedZone,
    },
  );
  if (!order.ok) return invalid([...errors, ...(order.error.fields ?? [])]);
  if (errors.length > 0) return invalid(errors);
  const recorded: RecordedCase = {
    caseId: input.caseId,
    authority: input.authority ?? NO_AUTHORITY,
    legalBasis: input.legalBasis ?? '',
    mode: input.mode,
    timezone,
    ...(input.canton === undefined ? {} : { canton: input.canton }),
    ...(input.person === undefined ? {} : { person: input.person }),
    collection: input.collection ?? 'full',
    ...(input.aheadS === undefined ? {} : { aheadMs: Math.round(input.aheadS * 1000) }),
    devices: input.devices.map((d) => ({ ...d, tokenHash: options.tokenHash?.(d.deviceId) ?? '' })),
    order: order.value.recorded,
  };
  return ok({ recorded, warnings: order.value.warnings });
}
