// Cantons and municipalities as an installation is given them: GeoJSON, one feature for each.
import { z } from 'zod';
import { CANTONS } from './case.ts';

const position = z.array(z.number().finite()).min(2);
const ring = z.array(position).min(4);
export const boundariesSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z
    .array(
      z.object({
        properties: z.object({ canton: z.enum(CANTONS), municipality: z.string().min(1).max(100).optional() }),
        geometry: z.discriminatedUnion('type', [
          z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) }),
          z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1) }),
        ]),
      }),
    )
    .min(1),
});
