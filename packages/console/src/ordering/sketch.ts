// The zones of a draft as shapes, and what a click adds to one.
import type { FieldProblem, SharedZoneView, ZoneText, ZoneView } from '@vigie/api/contract';
import { zoneGeometry } from '../map/shapes.ts';
import type { OrderDraft, RuleDraft } from './draft.ts';
import { drawnZone } from './order-text.ts';
import { hasZone } from './rule-kinds.ts';
import { lineOf, readPoint, readZone } from './zone-text.ts';

export function drawnZones(
  rules: readonly RuleDraft[],
  shared: readonly SharedZoneView[],
): GeoJSON.FeatureCollection<
  GeoJSON.Geometry,
  { readonly kind: string; readonly name: string; readonly active: boolean }
> {
  return {
    type: 'FeatureCollection',
    features: rules.flatMap(({ kind, ruleId, zone }) => {
      const view = hasZone(kind) ? viewOf(drawnZone(zone), shared) : undefined;
      if (view === undefined || !isDrawable(view)) return [];
      return [{ type: 'Feature', properties: { kind, name: ruleId, active: true }, geometry: zoneGeometry(view) }];
    }),
  };
}

function viewOf(zone: ZoneText | undefined, shared: readonly SharedZoneView[]): ZoneView | undefined {
  if (zone?.type === 'shared') return shared.find(({ zoneId }) => zoneId === zone.sharedZoneId)?.zone;
  return zone as ZoneView | undefined;
}

/** Two points are no area yet; the map library would rather not be asked. */
const isDrawable = (zone: ZoneView): boolean =>
  zone.type === 'circle' ||
  (zone.type === 'corridor' ? zone.line.length > 1 : zone.coordinates.flat(zone.type === 'Polygon' ? 1 : 2).length > 3);

/** Corners of the zone being drawn, and every corner that something is wrong with, numbered as people count. */
export function drawnVertices(
  rules: readonly RuleDraft[],
  drawing: number | null,
  problems: readonly FieldProblem[],
): GeoJSON.FeatureCollection {
  const features = rules.flatMap(({ key, zone, kind }, i) => {
    const wrong = new Set(
      problems.flatMap(({ field, vertex }) =>
        field.startsWith(`rules[${i}].zone`) && vertex !== undefined ? [vertex] : [],
      ),
    );
    if (!hasZone(kind) || (key !== drawing && wrong.size === 0)) return [];
    const points = pointsOf(zone);
    return points.flatMap((point, n) =>
      key === drawing || wrong.has(n)
        ? [
            {
              type: 'Feature' as const,
              properties: { label: String(n + 1), wrong: wrong.has(n) },
              geometry: { type: 'Point' as const, coordinates: [...point] },
            },
          ]
        : [],
    );
  });
  return { type: 'FeatureCollection', features };
}

function pointsOf(zone: RuleDraft['zone']): readonly (readonly number[])[] {
  if (zone.shape === 'circle') {
    const center = readPoint(zone.center);
    return center === null ? [] : [center];
  }
  const read = zone.shape === 'shared' ? undefined : readZone(zone.points, zone.shape);
  if (read?.kind === 'points') return read.points;
  return read?.kind === 'zone' && read.zone.type === 'Polygon' ? (read.zone.coordinates[0] ?? []) : [];
}

export function withPoint(order: OrderDraft, key: number, point: readonly [number, number]): OrderDraft {
  const rules = order.rules.map((rule) => {
    if (rule.key !== key) return rule;
    const { zone } = rule;
    const line = lineOf(point);
    if (zone.shape === 'circle') return { ...rule, zone: { ...zone, center: line } };
    const points = zone.points.trim();
    return { ...rule, zone: { ...zone, points: points === '' ? line : `${points}\n${line}` } };
  });
  return { ...order, rules };
}
