// A zone that many orders use (a school, a stadium, a border strip): written once, by its own revisions. Its entry is plain: it holds no
// personal data, and no home of anybody belongs into one.
import { z } from 'zod';
import type { Json } from './canonical.ts';
import { CANTONS, type Canton, type ZoneInput, zoneSchema } from './case.ts';

/** The version of the rules from which rules may go by shared zones. */
export const SHARED_ZONES_SINCE = 4;
/** Shared zones of one installation; a further one is refused at the door. */
export const SHARED_ZONES_MAX = 10_000;

/** The body of `PUT /v1/zones/{id}`. */
export const sharedZoneInputSchema = z.object({
  name: z.string().min(1).max(200),
  /** Who looks after it; only they, and operators, vary it. */
  authority: z.enum(CANTONS),
  zone: zoneSchema,
});
export type SharedZoneInput = z.infer<typeof sharedZoneInputSchema>;

/** What a `shared_zone` entry carries. It counts for everything later than its own log time, at both sites. */
export interface SharedZoneData {
  readonly zoneId: string;
  /** The revision it was written on top of, 0 for the first: of two on top of the same one, the first in merged order counts (L16). */
  readonly baseRevision: number;
  readonly name: string;
  readonly authority: Canton;
  /** `geo`'s recorded zone. */
  readonly zone: Json;
  /** As it was written. */
  readonly input: ZoneInput;
  /** The subject of the token that asked for it. */
  readonly by: string;
}
