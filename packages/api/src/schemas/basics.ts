// What answers look like, for the OpenAPI document. The types are those of the contract; tests hold real answers against these.
import { z } from '@hono/zod-openapi';
import { SITES } from '@vigie/model';
import type { FieldProblem, Problem, SessionView } from '../contract/basics.ts';

/** Zod says `T | undefined` of what may be absent; JSON knows no difference. */
export type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? {
        [K in keyof T]:
          | Loose<T[K]>
          | (undefined extends T[K] ? undefined : Record<never, never> extends Pick<T, K> ? undefined : never);
      }
    : T;

export const site = z.enum(SITES);

export const instant = z.iso.datetime().openapi({ example: '2026-11-22T08:30:00.000Z' });

export const holder = z.object({ subject: z.string(), site: site.nullable(), at: instant });

export const fieldProblemSchema = z.object({
  field: z.string(),
  reason: z.string(),
  vertex: z.int().optional(),
  code: z.string().optional(),
  ruleId: z.string().optional(),
}) satisfies z.ZodType<Loose<FieldProblem>>;

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:vigie:problem:invalid-input' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    fields: z.array(fieldProblemSchema).optional(),
    heldBy: holder.optional(),
    resumeFrom: z.string().optional(),
  })
  .openapi('Problem') satisfies z.ZodType<Loose<Problem>>;

export const sessionSchema = z
  .object({
    subject: z.string(),
    role: z.enum(['operator', 'sre', 'auditor', 'canton', 'device']),
    canton: z.string().nullable(),
  })
  .openapi('Session') satisfies z.ZodType<Loose<SessionView>>;

export const perSite = <T extends z.ZodType>(of: T) => z.object({ noirmont: of, delemont: of });

export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});

export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
