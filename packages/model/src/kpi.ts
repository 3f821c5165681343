// How fast people answer incidents: which clocks run, for which incidents, and what share has to be answered within what time.
import { z } from 'zod';
import { HARM } from './escalation.ts';
import { type IncidentKind, PRIORITY } from './incident.ts';

const kinds = Object.keys(PRIORITY) as [IncidentKind, ...IncidentKind[]];
const SECONDS_MAX = 7 * 86_400;

export const kpiProfileSchema = z.strictObject({
  name: z.string().min(1).max(100),
  clocks: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(64),
        /** Each clock starts when the incident is raised, in log time. */
        until: z.enum(['acknowledged', 'resolved']),
        kinds: z.array(z.enum(kinds)).min(1),
        thresholds: z
          .array(
            z.strictObject({ withinS: z.number().positive().max(SECONDS_MAX), share: z.number().positive().max(1) }),
          )
          .min(1)
          .max(8),
      }),
    )
    .min(1)
    .max(16),
});
export type KpiProfile = z.infer<typeof kpiProfileSchema>;
export type KpiClock = KpiProfile['clocks'][number];

const isDanger = (kind: IncidentKind): boolean => HARM[kind] === 'danger';

/**
 * The shipped profile, after the response times that EN 50518 asks of alarm receiving centres: 80 % within 30 s and 98.5 % within 60 s
 * for people in danger, 80 % within 90 s and 98.5 % within 180 s for the rest. "Like", as certification asks for more than a clock.
 */
export const EN_50518_LIKE: KpiProfile = {
  name: 'EN 50518-like',
  clocks: [
    {
      name: 'danger',
      until: 'acknowledged',
      kinds: kinds.filter(isDanger),
      thresholds: [
        { withinS: 30, share: 0.8 },
        { withinS: 60, share: 0.985 },
      ],
    },
    {
      name: 'other',
      until: 'acknowledged',
      kinds: kinds.filter((kind) => !isDanger(kind)),
      thresholds: [
        { withinS: 90, share: 0.8 },
        { withinS: 180, share: 0.985 },
      ],
    },
  ],
};
