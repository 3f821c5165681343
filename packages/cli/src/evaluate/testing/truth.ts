// A recorded track with zones and, from an independent source, on which side of each border every fix lies and how far away. Checks
// transitions against it: after each fix the standing must be one that the truth allows.
import type { OutputLine } from '../evaluate.ts';

export interface Truth {
  readonly track: string;
  readonly zones: readonly TruthZone[];
  /** `[time, lat, lon, accuracy in metres or null]` */
  readonly fixes: readonly (readonly [string, number, number, number | null])[];
  /** Closed index ranges of fixes inside, per zone. */
  readonly inside: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  /** Distance to the border in metres, per zone and fix. */
  readonly edge_m: Readonly<Record<string, readonly number[]>>;
  /** `[zone, fix]` too close to call. */
  readonly ambiguous: readonly (readonly [string, number])[];
}
type TruthZone =
  | {
      readonly id: string;
      readonly type: 'circle';
      readonly center: readonly [number, number];
      readonly radius_m: number;
    }
  | { readonly id: string; readonly type: 'polygon'; readonly geometry: unknown };

const zoneOf = (zone: TruthZone): unknown =>
  zone.type === 'circle' ? { type: 'circle', center: zone.center, radiusM: zone.radius_m } : zone.geometry;

export function caseOf(truth: Truth): unknown {
  return {
    caseId: truth.track,
    mode: 'active',
    timezone: 'Europe/Zurich',
    devices: [{ deviceId: 'wearer', role: 'wearer' }],
    rules: truth.zones.map((zone) => ({ ruleId: zone.id, kind: 'exclusion', zone: zoneOf(zone) })),
    validFrom: '2000-01-01T00:00:00Z',
    validTo: '2100-01-01T00:00:00Z',
  };
}

export const linesOf = (truth: Truth): string[] =>
  truth.fixes.map(([at, lat, lon, accuracyM]) =>
    JSON.stringify({ deviceId: 'wearer', at, lat, lon, ...(accuracyM === null ? {} : { accuracyM }) }),
  );

type Side = 'inside' | 'outside' | 'undetermined';

/** What may be said of one fix: the verdicts of docs/RULES.md with the accuracy; either way where the measure itself cannot tell. */
function allowedSides(truth: Truth, zone: string, i: number): ReadonlySet<Side> {
  const edge = truth.edge_m[zone]?.[i] ?? Number.NaN;
  const accuracy = truth.fixes[i]?.[3] ?? 0;
  const isInside = (truth.inside[zone] ?? []).some(([from, to]) => i >= from && i <= to);
  const certain: Side = isInside ? 'inside' : 'outside';
  const isAmbiguous = truth.ambiguous.some(([z, k]) => z === zone && k === i);
  const tolerance = Math.max(0.1, edge / 1000);
  if (isAmbiguous && accuracy === 0) return new Set(['inside', 'outside']);
  if (Math.abs(edge - accuracy) <= tolerance && accuracy > 0) return new Set([certain, 'undetermined']);
  return new Set([edge >= accuracy ? certain : 'undetermined']);
}

/** Sentences about what differs; empty when the transitions agree with the truth. `isKept`: fixes the evaluation was given. */
export function differences(truth: Truth, output: readonly OutputLine[]): string[] {
  const wrong: string[] = [];
  for (const zone of truth.zones) {
    const moves = new Map<number, OutputLine>();
    for (const line of output)
      if (line.type === 'transition' && line['ruleId'] === zone.id) moves.set(line['fixIndex'] as number, line);
    let standing: string = 'unknown';
    for (let i = 0; i < truth.fixes.length; i++) {
      const sides = allowedSides(truth, zone.id, i);
      const after = new Set([...sides].map((side) => (side === 'undetermined' ? standing : side)));
      const move = moves.get(i);
      moves.delete(i);
      const next: string = move === undefined ? standing : (move['to'] as string);
      if (move !== undefined && move['from'] !== standing)
        wrong.push(`${zone.id} fix ${i}: from ${String(move['from'])}, stood ${standing}`);
      if (!after.has(next))
        wrong.push(
          `${zone.id} fix ${i}: ${next}, allowed ${[...after].join(' or ')} (edge ${truth.edge_m[zone.id]?.[i]} m, accuracy ${truth.fixes[i]?.[3]} m)`,
        );
      if (move !== undefined && Date.parse(move['at'] as string) !== Math.floor(Date.parse(truth.fixes[i]?.[0] ?? '')))
        wrong.push(`${zone.id} fix ${i}: at ${String(move['at'])}, fix is of ${truth.fixes[i]?.[0]}`);
      standing = next;
    }
    for (const [i, line] of moves)
      wrong.push(`${zone.id}: a transition names fix ${i}, which is no fix: ${JSON.stringify(line)}`);
  }
  return wrong;
}
