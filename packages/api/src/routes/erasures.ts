// D4: what is to be erased, and the certificates of what was. They name the key of a measure and whose it was to order it, never a person.
import { z } from 'zod';
import { maySee } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';
import { erasureSchema } from '../schemas/situation.ts';

const LIMIT_MAX = 1_000;
const query = z.object({
  status: z.enum(['due', 'erased', 'certified']).optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});
const page = z.object({ items: z.array(erasureSchema), count: z.int() });

export function erasureRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/erasures',
      summary:
        'Measures whose retention ends soon, and what was erased: when, by which law, and what each site has confirmed.',
      roles: ['canton', 'auditor', 'sre'],
      query,
      responses: { 200: json('Due first, then in the order of their erasure.', page) },
    },
    ({ c, who, query: { status, limit, offset } }) => {
      const visible = ports
        .erasures()
        .filter((e) => (status === undefined || e.status === status) && maySee(who, e.authority ?? '*'));
      return c.json({ items: visible.slice(offset, offset + limit), count: visible.length });
    },
  );
}
