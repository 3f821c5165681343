import { kinks, polygon } from '@turf/turf';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { type CompileOptions, VALIDITY_CH, compileZone } from './compile-zone.ts';
import { inside } from './inside.ts';
import { signedDistanceM } from './signed-distance.ts';
import { verdict } from './verdict.ts';
import { ZoneTable } from './zone-table.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const square = [
  [7, 47],
  [7.01, 47],
  [7.01, 47.01],
  [7, 47.01],
  [7, 47],
];
const hole = [
  [7.002, 47.002],
  [7.002, 47.004],
  [7.004, 47.004],
  [7.004, 47.002],
  [7.002, 47.002],
];
const ringOf = (...coordinates: unknown[]): unknown => ({ type: 'Polygon', coordinates });

/** `code path vertex` of each problem. */
function problems(input: unknown, options?: CompileOptions): string[] {
  const compiled = compileZone(input, options);
  const list = compiled.ok ? compiled.warnings : compiled.errors;
  return list.map(({ code, path, vertex }) => `${compiled.ok ? 'warning ' : ''}${code} ${path} ${vertex ?? '-'}`);
}

test('a good zone of each kind is taken without a warning', () => {
  expect(problems({ type: 'circle', center: [7, 47], radiusM: 300 })).toEqual([]);
  expect(problems(ringOf(square, hole))).toEqual([]);
  expect(
    problems({ type: 'MultiPolygon', coordinates: [[square], [square.map(([x, y]) => [(x as number) + 1, y])]] }),
  ).toEqual([]);
  expect(
    problems({
      type: 'corridor',
      line: [
        [7, 47],
        [7.1, 47.1],
      ],
      widthM: 40,
    }),
  ).toEqual([]);
  expect(problems(ringOf(square.map(([x, y]) => [x, y, 450])))).toEqual([]);
});

test('an error names the ring and the vertex', () => {
  expect(
    problems(
      ringOf([
        [7, 47],
        [7.01, 47.01],
        [7.01, 47],
        [7, 47.01],
        [7, 47],
      ]),
    ),
  ).toEqual(['self_crossing /coordinates/0 0']);
  expect(problems(ringOf(square.slice(0, -1)))).toEqual(['unclosed /coordinates/0 3']);
  expect(
    problems(
      ringOf([
        [7, 47],
        [7, 47],
        [7, 47],
        [7, 47],
      ]),
    ),
  ).toContain('too_few_points /coordinates/0 0');
  expect(
    problems(
      ringOf([
        [7, 47],
        [7.01, 47],
        [7, 47],
      ]),
    ),
  ).toEqual(['too_few_points /coordinates/0 -']);
  expect(
    problems(
      ringOf([
        [7, 47],
        [7.01, 47],
        [7.02, 47],
        [7, 47],
      ]),
    ),
  ).toContain('self_touching /coordinates/0 0');
  expect(
    problems(
      ringOf([
        [7, 47],
        [7.01, 47],
        [7.01, 47.02],
        [7.01, 47.01],
        [7, 47.01],
        [7, 47],
      ]),
    ),
  ).toContain('self_touching /coordinates/0 1');
  expect(
    problems(
      ringOf([
        [7, 47],
        [7.01, 247],
        [7.01, 47.01],
        [7, 47],
      ]),
    ),
  ).toEqual(['coordinate /coordinates/0 1']);
  expect(
    problems(
      ringOf([
        [7, 47],
        [7.01, '47'],
        [7.01, 47.01],
        [7, 47],
      ]),
    ),
  ).toEqual(['coordinate /coordinates/0 1']);
  expect(
    problems(
      ringOf([
        [179, 1],
        [-179, 1],
        [-179, 2],
        [179, 2],
        [179, 1],
      ]),
    ),
  ).toEqual(['antimeridian /coordinates/0 1', 'antimeridian /coordinates/0 3']);
});

test('holes belong inside their shell and apart from one another', () => {
  const moved = (by: number): number[][] => hole.map(([x, y]) => [(x as number) + by, y as number]);
  expect(problems(ringOf(square, moved(1)))).toEqual(['hole_outside /coordinates/1 0']);
  expect(problems(ringOf(square, moved(0.007)))).toContain('rings_cross /coordinates/1 1');
  expect(problems(ringOf(square, [...square].reverse()))).toContain('rings_cross /coordinates/1 0');
  expect(problems(ringOf(square, hole, moved(0.001)))[0]).toMatch(/^rings_cross/);
  const within = hole.map(([x, y]) => [7.003 + ((x as number) - 7.003) / 2, 47.003 + ((y as number) - 47.003) / 2]);
  expect(problems(ringOf(square, hole, within))).toEqual(['holes_overlap /coordinates/2 0']);
});

test('parts may lie side by side or in a hole of one another, not over one another', () => {
  const multi = (...coordinates: unknown[]): unknown => ({ type: 'MultiPolygon', coordinates });
  const moved = (by: number): number[][] => square.map(([x, y]) => [(x as number) + by, y as number]);
  expect(problems(multi([square], [moved(0.005)]))[0]).toMatch(/^rings_cross|^parts_overlap/);
  expect(problems(multi([square], [square]))).toEqual(['parts_overlap /coordinates/1/0 0']);
  expect(problems(multi([square], [moved(0.01)]))).toEqual(['warning shared_edge /coordinates/1/0 3']);
  const island = [
    [7.0025, 47.0025],
    [7.0035, 47.0025],
    [7.0035, 47.0035],
    [7.0025, 47.0035],
    [7.0025, 47.0025],
  ];
  expect(problems(multi([square, hole], [island]))).toEqual([]);
  expect(problems(multi([square], [island]))).toEqual(['parts_overlap /coordinates/1/0 0']);
});

test('winding is put right, repeated points are dropped, both with a warning', () => {
  const compiled = compileZone(ringOf([...square].reverse()));
  expect(compiled.ok && compiled.warnings.map((w) => w.code)).toEqual(['winding']);
  expect(compiled.ok && compiled.zone.type === 'polygon' && compiled.zone.partsE7[0]?.[0]?.length).toBe(8);
  expect(
    problems(
      ringOf([
        [7, 47],
        [7.01, 47],
        [7.01, 47],
        [7.01, 47.01],
        [7, 47],
      ]),
    ),
  ).toEqual(['warning repeated_point /coordinates/0 2']);
});

test('what is too small, too large or too long is refused', () => {
  expect(problems({ type: 'circle', center: [7, 47], radiusM: 0.5 })).toEqual(['tiny /radiusM -']);
  expect(problems({ type: 'circle', center: [7, 47], radiusM: 1e7 })).toEqual(['huge /radiusM -']);
  expect(problems({ type: 'circle', center: [7, 47], radiusM: Number.NaN })).toEqual(['shape /radiusM -']);
  expect(
    problems({
      type: 'corridor',
      line: [
        [7, 47],
        [7, 47],
      ],
      widthM: 5,
    }),
  ).toEqual(['too_few_points /line -']);
  expect(
    problems(ringOf(square.map(([x, y]) => [7 + ((x as number) - 7) / 1e4, 47 + ((y as number) - 47) / 1e4]))),
  ).toEqual(['tiny /coordinates -']);
  expect(
    problems(
      ringOf([
        [-60, -60],
        [60, -60],
        [60, 60],
        [-60, 60],
        [-60, -60],
      ]),
    ),
  ).toEqual(['huge /coordinates -']);
  const many = Array.from({ length: 10_001 }, (_, i) => [7 + Math.cos(i / 1592), 47 + Math.sin(i / 1592)]);
  expect(problems(ringOf(many))).toEqual(['too_many_vertices /coordinates -']);
  expect(problems({ type: 'corridor', line: many, widthM: 5 })).toEqual(['too_many_vertices /line -']);
});

test('a zone outside the area of validity gets a warning, and none if there is no such area', () => {
  const abroad = { type: 'circle', center: [2.35, 48.85], radiusM: 300 };
  expect(problems(abroad, { validity: VALIDITY_CH })).toEqual(['warning outside_validity /center -']);
  expect(problems(abroad, { validity: null })).toEqual([]);
  const far = [...square.slice(0, 2), [13, 47.01], ...square.slice(3)];
  expect(problems(ringOf(far), { validity: VALIDITY_CH })).toEqual(['warning outside_validity /coordinates/0 2']);
  // Drawn the other way round, the vertex is still the one as written.
  expect(problems(ringOf([...far].reverse()), { validity: VALIDITY_CH })).toContain(
    'warning outside_validity /coordinates/0 2',
  );
});

test('nothing that is not a zone throws', () => {
  const odd = [
    null,
    1,
    'x',
    [],
    {},
    { type: 'Polygon' },
    { type: 'Polygon', coordinates: [] },
    { type: 'Polygon', coordinates: [[]] },
  ];
  const odder = [
    { type: 'Polygon', coordinates: [[null, null, null, null]] },
    { type: 'MultiPolygon', coordinates: [[[[1, 2]]]] },
  ];
  const oddest = [
    { type: 'circle' },
    { type: 'corridor', line: {}, widthM: 1 },
    { type: 'corridor', line: [], widthM: 1 },
    { type: 'toString' },
  ];
  for (const input of [...odd, ...odder, ...oddest])
    expect(`${JSON.stringify(input)} ${compileZone(input).ok}`).toBe(`${JSON.stringify(input)} false`);
});

test('no input whatever makes the check throw, and what it takes can be asked anything', () => {
  const number = fc.oneof(fc.double(), fc.integer({ min: -181, max: 181 }), fc.double({ min: 6, max: 8, noNaN: true }));
  const position = fc.oneof(
    { weight: 9, arbitrary: fc.array(number, { minLength: 2, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.anything() },
  );
  const closed = fc.array(position, { minLength: 3, maxLength: 8 }).map((ring) => [...ring, ring[0]]);
  const zone = fc.oneof(
    fc.anything(),
    fc.record({ type: fc.constant('circle'), center: position, radiusM: number }),
    fc.record({ type: fc.constant('corridor'), line: fc.array(position, { maxLength: 5 }), widthM: number }),
    fc.record({ type: fc.constant('Polygon'), coordinates: fc.array(closed, { maxLength: 3 }) }),
    fc.record({
      type: fc.constant('MultiPolygon'),
      coordinates: fc.array(fc.array(closed, { maxLength: 2 }), { maxLength: 3 }),
    }),
  );
  let taken = 0;
  fc.assert(
    fc.property(
      zone,
      fc.integer({ min: -1.8e9, max: 1.8e9 }),
      fc.integer({ min: -9e8, max: 9e8 }),
      (input, lon, lat) => {
        const compiled = compileZone(input, { validity: VALIDITY_CH });
        if (!compiled.ok) return compiled.errors.length > 0;
        taken++;
        const table = new ZoneTable();
        table.set(table.reserve(1), compiled.zone, 0);
        const d = signedDistanceM(table, 0, lon, lat);
        return !Number.isNaN(d) && verdict(table, 0, lon, lat, 0) === (inside(table, 0, lon, lat) ? 1 : 2);
      },
    ),
    { seed: 20261122, numRuns: 3_000 },
  );
  expect(taken).toBeGreaterThan(50);
});

test('turf finds kinks in exactly the random rings that are refused for crossing', () => {
  const dice = new Dice(41);
  const tally = { crossing: 0, simple: 0 };
  for (let i = 0; i < 2_000; i++) {
    const ring = Array.from({ length: dice.int(4, 7) }, () => [
      dice.int(70_000, 70_300) / 1e4,
      dice.int(470_000, 470_300) / 1e4,
    ]);
    ring.push(ring[0] as number[]);
    const found = kinks(polygon([ring])).features.length > 0;
    const compiled = compileZone(ringOf(ring));
    const refused =
      !compiled.ok && compiled.errors.some(({ code }) => code === 'self_crossing' || code === 'self_touching');
    expect(`${JSON.stringify(ring)} ${refused}`).toBe(`${JSON.stringify(ring)} ${found}`);
    tally[found ? 'crossing' : 'simple']++;
  }
  expect(Math.min(tally.crossing, tally.simple)).toBeGreaterThan(200);
});

test('a recorded zone is plain JSON of whole numbers and comes out of the table as it went in', () => {
  const inputs = [
    { type: 'circle', center: [7.1234567, 47.7654321], radiusM: 123.4 },
    { type: 'MultiPolygon', coordinates: [[square, hole], [square.map(([x, y]) => [(x as number) + 1, y])]] },
    {
      type: 'corridor',
      line: [
        [7, 47],
        [7.1, 47.1],
        [7.2, 47],
      ],
      widthM: 40,
    },
  ];
  const table = new ZoneTable();
  for (const input of inputs) {
    const compiled = compileZone(input);
    expect(compiled.ok).toBe(true);
    if (!compiled.ok) continue;
    const slot = table.reserve(1);
    table.set(slot, compiled.zone, 5);
    expect(table.read(slot)).toEqual(JSON.parse(JSON.stringify(compiled.zone)));
    expect(JSON.stringify(compiled.zone)).not.toMatch(/[.e]\d/);
  }
});
