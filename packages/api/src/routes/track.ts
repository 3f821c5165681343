// Where a person was: opened from sealed chunks for those who may see it, as GeoJSON or OGC Moving Features JSON.
import { ReportBatchReader, type Report, reportKey } from '@vigie/model';
import { z } from 'zod';
import type { TrackView } from '../contract.ts';
import { DAY_MS, instantParam } from '../http/instant.ts';
import { awaitRows } from '../http/position.ts';
import { problem, problemOf } from '../http/problem.ts';
import { CASE_READERS, authorityOf, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { CHUNKS_MAX, type OpenedChunk, PASSIVE_DELAY_MS, badPeriod, openChunks } from '../http/track-chunks.ts';
import { instantMs, instantUs } from '../views/time.ts';
import { caseParams } from './cases.ts';

const TRACK_DAYS_MAX = 31;
const GEOJSON = 'application/geo+json';
const MFJSON = 'application/mf+json';

interface TrackFix {
  readonly report: Report;
  readonly role: 'wearer' | 'protected';
  readonly receivedUs: number;
}

export function trackRoutes(router: Router): void {
  const { ports } = router;
  router.route(
    {
      method: 'get',
      path: '/v1/cases/{caseId}/track',
      summary: 'Fixes by fix time; by default the last 24 hours. A passive measure shows nothing younger than a day.',
      roles: CASE_READERS,
      params: caseParams,
      query: z.object({
        from: instantParam.optional(),
        to: instantParam.optional(),
        knownAt: instantParam.optional(),
      }),
      headers: { Accept: `${GEOJSON} (default) or ${MFJSON}` },
      responses: {
        200: {
          description: 'One point per fix, or one moving point per device.',
          content: { [GEOJSON]: { schema: z.looseObject({}) }, [MFJSON]: { schema: z.looseObject({}) } },
        },
      },
    },
    async ({ c, who, params, query }) => {
      const format = formatOf(c.req.header('accept'));
      if (format === undefined)
        return problem('invalid-input', { status: 406, detail: `this is given as ${GEOJSON} or ${MFJSON}` });
      const nowMs = ports.nowMs();
      const toMs = query.to ?? nowMs;
      const fromMs = query.from ?? toMs - DAY_MS;
      if (fromMs > toMs) return badPeriod('from', 'lies after to');
      if (toMs - fromMs > TRACK_DAYS_MAX * DAY_MS)
        return badPeriod('from', `lies more than ${TRACK_DAYS_MAX} days before to`);
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const scope = scopeOf(who);
      const found = await ports.reader.case(scope, authorityOf(who), params.caseId);
      if (!found.ok) return problemOf(found.error);
      if (found.value === undefined) return problem('not-found');
      const { measure, mode } = found.value.case;
      if (mode === 'passive' && toMs > nowMs - PASSIVE_DELAY_MS)
        return problem('mode-passive', { detail: 'ask for a period that ended at least 24 hours ago' });
      const chunks = await ports.reader.track(scope, {
        measure,
        fromMs,
        toMs,
        knownAtUs: query.knownAt === undefined ? undefined : query.knownAt * 1000,
        limit: CHUNKS_MAX,
      });
      if (!chunks.ok) return problemOf(chunks.error);
      if (chunks.value.length === CHUNKS_MAX)
        return badPeriod('to', 'the period holds too much; ask for a shorter one');
      const roles = new Map(found.value.devices.map((device) => [device.deviceId, device.role]));
      const opened = await openChunks(ports, chunks.value);
      if (opened === undefined) return problem('key-missing');
      const fixes = fixesOf(opened, roles, fromMs, toMs);
      return c.body(JSON.stringify(format === GEOJSON ? geoJson(fixes) : movingFeatures(fixes)), 200, {
        'Content-Type': format,
      });
    },
  );
}

function formatOf(accept: string | undefined): typeof GEOJSON | typeof MFJSON | undefined {
  if (accept === undefined) return GEOJSON;
  for (const part of accept.slice(0, 500).split(',')) {
    const type = part.split(';')[0]?.trim().toLowerCase();
    if (type === MFJSON) return MFJSON;
    if (type === GEOJSON || type === 'application/json' || type === 'application/*' || type === '*/*') return GEOJSON;
  }
  return undefined;
}

/** In order of fix time; a report that came by way of both sites is there once. */
function fixesOf(
  chunks: readonly OpenedChunk[],
  roles: ReadonlyMap<string, TrackFix['role']>,
  fromMs: number,
  toMs: number,
): readonly TrackFix[] {
  const reader = new ReportBatchReader();
  const fixes = new Map<string, TrackFix>();
  for (const { chunk, bytes } of chunks) {
    reader.reset(bytes);
    for (let i = 0; i < reader.count; i++) {
      const at = reader.at(i);
      if (at < fromMs || at > toMs || !reader.hasFix(i)) continue;
      const report = reader.report(i);
      const key = `${report.deviceId} ${reportKey(report)}`;
      const known = fixes.get(key);
      if (known !== undefined && known.receivedUs <= chunk.tUs) continue;
      fixes.set(key, { report, role: roles.get(report.deviceId) ?? 'wearer', receivedUs: chunk.tUs });
    }
  }
  return [...fixes.values()].sort((a, b) => a.report.at - b.report.at || a.receivedUs - b.receivedUs);
}

const degrees = (e7: number | undefined): number => (e7 ?? 0) / 1e7;

function geoJson(fixes: readonly TrackFix[]): TrackView {
  return {
    type: 'FeatureCollection',
    features: fixes.map(({ report, role, receivedUs }) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [degrees(report.lonE7), degrees(report.latE7)] },
      properties: {
        deviceId: report.deviceId,
        role,
        at: instantMs(report.at),
        receivedAt: instantUs(receivedUs),
        accuracyM: (report.accuracyMm ?? 0) / 1000,
        ...(report.speedMmps === undefined ? {} : { speedMps: report.speedMmps / 1000 }),
        ...(report.courseCdeg === undefined ? {} : { courseDeg: report.courseCdeg / 100 }),
      },
    })),
  };
}

/** OGC 19-045r3. Between two fixes nothing is said: the interpolation is discrete. */
function movingFeatures(fixes: readonly TrackFix[]): object {
  const devices = new Map<string, TrackFix[]>();
  for (const fix of fixes) {
    const list = devices.get(fix.report.deviceId) ?? [];
    devices.set(fix.report.deviceId, list);
    list.push(fix);
  }
  return {
    type: 'FeatureCollection',
    crs: { type: 'Name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
    trs: { type: 'Link', properties: { type: 'OGCDEF', href: 'http://www.opengis.net/def/uom/ISO-8601/0/Gregorian' } },
    features: [...devices].map(([deviceId, list]) => ({
      type: 'Feature',
      id: deviceId,
      properties: { deviceId, role: list[0]?.role },
      temporalGeometry: {
        type: 'MovingPoint',
        datetimes: list.map(({ report }) => instantMs(report.at)),
        coordinates: list.map(({ report }) => [degrees(report.lonE7), degrees(report.latE7)]),
        interpolation: 'Discrete',
      },
      temporalProperties: [
        {
          datetimes: list.map(({ report }) => instantMs(report.at)),
          accuracyM: {
            type: 'Measure',
            form: 'MTR',
            values: list.map(({ report }) => (report.accuracyMm ?? 0) / 1000),
            interpolation: 'Discrete',
          },
        },
      ],
    })),
  };
}
