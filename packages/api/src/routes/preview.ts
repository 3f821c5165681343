// What an order would mean, before it is signed: the same engine over what the person's own devices told. Nothing of it is recorded but
// that somebody read.
import { type RecordedCase, type RecordedOrder, orderInputSchema, zoneSchema } from '@vigie/model';
import { z } from 'zod';
import { DAY_MS, instantParam } from '../http/instant.ts';
import { awaitRows } from '../http/position.ts';
import { problem, problemOf } from '../http/problem.ts';
import { DECIDERS, authorityOf, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { CHUNKS_MAX, PASSIVE_DELAY_MS, badPeriod, openChunks } from '../http/track-chunks.ts';
import type { ApiPorts } from '../ports.ts';
import { json } from '../schemas/basics.ts';
import { previewSchema } from '../schemas/case.ts';
import { caseParams } from './cases.ts';

const DEFAULT_DAYS = 7;
const PREVIEW_DAYS_MAX = 31;
const GAPS_MAX = 100;
/** Half a day by helicopter would be no help either. */
const POLICE_TRAVEL_S_MAX = 12 * 3_600;

export function previewRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'post',
      path: '/v1/cases/{caseId}/preview',
      summary:
        'What an order would have raised over a time that the person lived, by default the last seven days. The reading is logged; nothing else is recorded.',
      roles: DECIDERS,
      params: caseParams,
      body: orderInputSchema.extend({
        from: instantParam.optional(),
        to: instantParam.optional(),
        coverageGaps: z.array(zoneSchema).max(GAPS_MAX).optional(),
        policeTravelS: z.number().min(0).max(POLICE_TRAVEL_S_MAX).optional(),
      }),
      responses: { 200: json('What would have been raised.', previewSchema) },
    },
    async ({ c, who, params, body }) => {
      const { from, to, coverageGaps = [], policeTravelS, ...input } = body;
      const nowMs = ports.nowMs();
      const toMs = to ?? nowMs;
      const fromMs = from ?? toMs - DEFAULT_DAYS * DAY_MS;
      if (fromMs >= toMs) return badPeriod('from', 'must lie before to');
      if (toMs - fromMs > PREVIEW_DAYS_MAX * DAY_MS)
        return badPeriod('from', `lies more than ${PREVIEW_DAYS_MAX} days before to`);
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const scope = scopeOf(who);
      const found = await ports.reader.case(scope, authorityOf(who), params.caseId);
      if (!found.ok) return problemOf(found.error);
      const live = found.value === undefined ? undefined : ports.replica.caseView(found.value.case.measure);
      if (live === undefined) return problem('not-found');
      const { measure, recorded } = live;
      const { timezone, authority, canton = authority, devices, mode } = recorded;
      if (mode === 'passive' && toMs > nowMs - PASSIVE_DELAY_MS)
        return problem('mode-passive', { detail: 'ask for a period that ended at least 24 hours ago' });
      const compiled = ports.orders.compileOrder(
        input,
        { timezone, canton, devices: [...devices], mode },
        live.revision,
      );
      if (!compiled.ok) return problemOf(compiled.error);
      const gaps = ports.orders.compileZones(coverageGaps, 'coverageGaps');
      if (!gaps.ok) return problemOf(gaps.error);
      const read = await ports.reader.track(scope, { measure, fromMs, toMs, knownAtUs: undefined, limit: CHUNKS_MAX });
      if (!read.ok) return problemOf(read.error);
      if (read.value.length === CHUNKS_MAX) return badPeriod('to', 'the period holds too much; ask for a shorter one');
      const batches = await openChunks(ports, read.value);
      if (batches === undefined) return problem('key-missing');
      const order = withZonesOfNow(compiled.value.recorded, ports.replica);
      const asked: RecordedCase = { ...recorded, order };
      const preview = await ports.preview({
        recorded: asked,
        batches: batches.map(({ bytes }) => bytes),
        fromMs,
        toMs,
        coverageGaps: gaps.value.recorded,
        ...(policeTravelS === undefined ? {} : { policeTravelS }),
      });
      if (!preview.ok) return problemOf(preview.error);
      return c.json({ ...preview.value, warnings: compiled.value.warnings });
    },
  );
}

/** The engine of a preview knows no log: shared zones are those of now. */
function withZonesOfNow(
  order: RecordedOrder,
  { sharedZones }: Pick<ApiPorts['replica'], 'sharedZones'>,
): RecordedOrder {
  const rules = order.rules.map((rule) => {
    const { sharedZoneId, ...own } = rule;
    const zone = sharedZoneId === undefined ? undefined : sharedZones.newest(sharedZoneId)?.data.zone;
    return zone === undefined ? rule : { ...own, zone };
  });
  return { ...order, rules };
}
