// A shared zone as somebody wrote it, checked as an order's own zone is, and as the log records it.
import { type BoxDegrees, compileZone } from '@vigie/geo';
import {
  type FieldError,
  type Json,
  type Result,
  type SharedZoneData,
  type SharedZoneInput,
  type ZoneInput,
  ok,
} from '@vigie/model';
import { type Compiled, invalid, zoneError } from './compile-order.ts';

export interface SharedZoneOptions {
  readonly zoneId: string;
  /** The revision this one replaces; 0 for the first. */
  readonly baseRevision: number;
  readonly by: string;
  /** Where zones are expected; outside it is a warning. Absent = anywhere. */
  readonly validity?: BoxDegrees | undefined;
}

export function compileSharedZone(
  { name, authority, zone: input }: SharedZoneInput,
  { validity, ...more }: SharedZoneOptions,
): Result<Compiled<SharedZoneData>> {
  const compiled = compileZone(input, { validity: validity ?? null });
  if (!compiled.ok) return invalid(compiled.errors.map((error) => zoneError('zone', error)));
  const recorded: SharedZoneData = { ...more, name, authority, zone: compiled.zone as unknown as Json, input };
  return ok({ recorded, warnings: compiled.warnings.map((warning) => zoneError('zone', warning)) });
}

/** Zones beside an order, such as where there is no network; `field` is the name of their list. */
export function compileZones(inputs: readonly ZoneInput[], field: string): Result<Compiled<readonly Json[]>> {
  const recorded: Json[] = [];
  const errors: FieldError[] = [];
  for (const [i, input] of inputs.entries()) {
    const compiled = compileZone(input, { validity: null });
    if (compiled.ok) recorded.push(compiled.zone as unknown as Json);
    else for (const error of compiled.errors) errors.push(zoneError(`${field}[${i}]`, error));
  }
  return errors.length > 0 ? invalid(errors) : ok({ recorded, warnings: [] });
}
