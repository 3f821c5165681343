// Other zones for the rules of a case: a GeoJSON feature or collection whose features name their rule, or rules as an order has them.
import { readFileSync } from 'node:fs';
import { type ZoneInput, zoneSchema } from '@vigie/model';
import { CouldNotRun } from '../process/could-not-run.ts';

const ZONES_FORMAT =
  'GeoJSON features with properties.ruleId (Polygon, MultiPolygon, Point with radiusM, LineString with widthM), or {"rules":[{"ruleId","zone"}]}';

/** By rule. */
export function readZones(file: string): ReadonlyMap<string, ZoneInput> {
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CouldNotRun(`--zones ${file} cannot be read: ${(cause as Error).message}`);
  }
  const zones = new Map<string, ZoneInput>();
  for (const { ruleId, zone } of candidates(input)) {
    const parsed = zoneSchema.safeParse(zone);
    if (typeof ruleId !== 'string' || !parsed.success)
      throw new CouldNotRun(
        `--zones ${file}: not a zone with its rule: ${JSON.stringify({ ruleId, zone }).slice(0, 200)}`,
      );
    if (zones.has(ruleId)) throw new CouldNotRun(`--zones ${file} has two zones for the rule ${ruleId}`);
    zones.set(ruleId, parsed.data);
  }
  if (zones.size === 0) throw new CouldNotRun(`--zones ${file} holds no zones: it takes ${ZONES_FORMAT}`);
  return zones;
}

interface Candidate {
  readonly ruleId: unknown;
  readonly zone: unknown;
}

function candidates(input: unknown): Candidate[] {
  if (!isObject(input)) return [];
  if (Array.isArray(input['rules']))
    return input['rules'].filter(isObject).map((rule) => ({ ruleId: rule['ruleId'], zone: rule['zone'] }));
  const features = input['type'] === 'FeatureCollection' ? input['features'] : [input];
  return (Array.isArray(features) ? features : []).filter(isObject).map(ofFeature);
}

function ofFeature(feature: Readonly<Record<string, unknown>>): Candidate {
  const properties = isObject(feature['properties']) ? feature['properties'] : {};
  const geometry = isObject(feature['geometry']) ? feature['geometry'] : {};
  const { ruleId, radiusM, widthM } = properties;
  const { type, coordinates } = geometry;
  if (type === 'Point') return { ruleId, zone: { type: 'circle', center: coordinates, radiusM } };
  if (type === 'LineString') return { ruleId, zone: { type: 'corridor', line: coordinates, widthM } };
  return { ruleId, zone: { type, coordinates } };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
