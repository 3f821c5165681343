// How long what is recorded of a measure may be kept after its end, as an installation says it.
import { z } from 'zod';
import { CANTONS, LEGAL_BASES } from './case.ts';

/** ZGB art. 28c para. 3: deleted at the latest 12 months after the end of the measure. No policy can make it longer. */
export const ZGB_28C_MONTHS_MAX = 12;
const MONTHS_MAX = 1_200;
const POLICIES_MAX = 1_000;

const policySchema = z
  .strictObject({
    legalBasis: z.enum(LEGAL_BASES),
    /** `*`: every canton without a policy of its own. */
    canton: z.enum([...CANTONS, '*']),
    monthsAfterEnd: z.int().min(0).max(MONTHS_MAX),
  })
  .refine(({ legalBasis, monthsAfterEnd }) => legalBasis !== 'ZGB 28c' || monthsAfterEnd <= ZGB_28C_MONTHS_MAX, {
    message: `ZGB 28c allows ${ZGB_28C_MONTHS_MAX} months at the most`,
    path: ['monthsAfterEnd'],
  });
export const retentionSchema = z.strictObject({ policies: z.array(policySchema).max(POLICIES_MAX) });
export type RetentionPolicy = z.infer<typeof policySchema>;
