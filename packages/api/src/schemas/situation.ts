// The situation, as ../contract/situation.ts has it.
import { z } from '@hono/zod-openapi';
import { SWITCHABLE } from '@vigie/model';
import type {
  ClusterView,
  ErasureView,
  KpiView,
  MassSilenceView,
  RuleSwitchesView,
  UnobservedView,
} from '../contract/situation.ts';
import { OPERATING_INCIDENT_KINDS } from '../contract/situation.ts';
import { type Loose, site, instant, perSite } from './basics.ts';

const membership = {
  membership: z.enum(['member', 'leaving', 'left', 'retired']),
  alone: z.boolean(),
  generation: z.string(),
  rival: z.string().nullable(),
};

export const membershipSchema = z.object(membership).openapi('Membership');

const ruleOff = z.object({ rule: z.enum(SWITCHABLE), since: instant, by: z.array(z.string()), note: z.string() });

export const ruleSwitchesSchema = z
  .object({
    off: z.array(ruleOff),
    asked: z.array(
      z.object({
        id: z.string(),
        rule: z.enum(SWITCHABLE),
        off: z.boolean(),
        by: z.string(),
        note: z.string(),
        until: instant,
      }),
    ),
  })
  .openapi('RuleSwitches') satisfies z.ZodType<Loose<RuleSwitchesView>>;

export const clusterSchema = z
  .object({
    site,
    urls: perSite(z.string()),
    at: instant,
    peer: z.object({
      site,
      joined: z.boolean(),
      reachable: z.boolean(),
      lagMs: z.number().nullable(),
      left: z.boolean(),
    }),
    ...membership,
    watermarkAgeMs: perSite(z.number().nullable()),
    settledBehindMs: z.number(),
    newestReportAgeMs: perSite(z.number().nullable()),
    digest: z.object({ position: z.string(), value: z.string(), equal: z.boolean().nullable() }).nullable(),
    epochs: z.array(
      z.object({
        site,
        epoch: z.string(),
        admitted: z.boolean(),
        running: z.boolean(),
        partition: z.int().optional(),
      }),
    ),
    duties: z.array(z.string()),
    unobservedDevices: z.int(),
    clockSkewMs: z.number().nullable(),
    logFormat: z.string(),
    rulesOff: z.array(ruleOff),
    incidents: z.array(z.object({ kind: z.enum(OPERATING_INCIDENT_KINDS), since: instant, detail: z.string() })),
  })
  .openapi('Cluster') satisfies z.ZodType<Loose<ClusterView>>;

export const kpiSchema = z
  .object({
    profile: z.string(),
    from: instant,
    to: instant,
    clocks: z.array(
      z.object({
        name: z.string(),
        until: z.enum(['acknowledged', 'resolved']),
        kinds: z.array(z.string()),
        incidents: z.int(),
        answered: z.int(),
        medianS: z.number().nullable(),
        maxS: z.number().nullable(),
        thresholds: z.array(
          z.object({
            withinS: z.number(),
            goal: z.number(),
            within: z.int(),
            of: z.int(),
            share: z.number().nullable(),
            ok: z.boolean(),
          }),
        ),
      }),
    ),
  })
  .openapi('Kpi') satisfies z.ZodType<Loose<KpiView>>;

export const unobservedSchema = z
  .object({
    site: site.nullable(),
    since: instant.nullable(),
    count: z.int(),
    tasks: z.int(),
    devices: z.array(
      z.object({
        caseId: z.string(),
        deviceId: z.string(),
        role: z.enum(['wearer', 'protected']),
        lastReportAt: instant,
        limitS: z.number().nullable(),
        task: z.boolean(),
      }),
    ),
  })
  .openapi('Unobserved') satisfies z.ZodType<Loose<UnobservedView>>;

export const massSilenceSchema = z
  .object({
    massSilenceId: z.string().nullable(),
    since: instant.nullable(),
    count: z.int(),
    standAlone: z.int(),
    devices: z.array(
      z.object({
        caseId: z.string(),
        deviceId: z.string(),
        role: z.enum(['wearer', 'protected']),
        incidentIds: z.array(z.string()),
        openedAt: instant,
        standsAlone: z.boolean(),
      }),
    ),
  })
  .openapi('MassSilence') satisfies z.ZodType<Loose<MassSilenceView>>;

export const erasureSchema = z
  .object({
    measure: z.string(),
    authority: z.string().nullable(),
    legalBasis: z.string().nullable(),
    legalDate: instant.nullable(),
    status: z.enum(['due', 'erased', 'certified']),
    erasedAt: instant.nullable(),
    keyDestroyedAt: z.object({ noirmont: instant.nullable(), delemont: instant.nullable() }),
  })
  .openapi('Erasure') satisfies z.ZodType<Loose<ErasureView>>;
