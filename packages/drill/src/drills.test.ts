import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Action } from './actions.ts';
import { DRILLS } from './drills.ts';
import { LIMITS } from './judge/judge.ts';

/** The names in the first column of the tables of docs/drills.md below a heading or sentence. */
function documented(after: string, before: string): string[] {
  const text = readFileSync(new URL('../../../docs/drills.md', import.meta.url), 'utf8');
  const part = text.slice(text.indexOf(after), text.indexOf(before));
  return [...part.matchAll(/^\| `(?<name>[a-z-]+)` \|/gm)].map((match) => match.groups?.['name'] ?? '');
}

test('docs/drills.md names every drill that --list names, and no other', () => {
  expect(documented('## The drills', '## How to read')).toEqual(DRILLS.map(({ name }) => name));
});

test.each(DRILLS)('$name runs long enough, heals what it breaks, and leaves time after the heal', (drill) => {
  expect(drill.loadS).toBeGreaterThanOrEqual(LIMITS.loadSMin);
  for (const seed of [1, 2, 3, 4, 5]) {
    const plan = drill.steps(seed, seed % 2 === 0);
    expect(plan.some(({ role }) => role === 'break')).toBe(true);
    expect(plan.map(({ atS }) => atS)).toEqual(plan.map(({ atS }) => atS).toSorted((a, b) => a - b));
    expect(drill.loadS - (plan.at(-1)?.atS ?? 0)).toBeGreaterThanOrEqual(15);
    // What is filled further before it is emptied is emptied once.
    const broken = plan.filter(
      ({ role, action }, i) =>
        role === 'break' &&
        action.do !== 'poison' &&
        action.do !== 'upgrade' &&
        action.do !== 'retire' &&
        !(action.do === 'fill-disk' && plan[i + 1]?.role === 'break'),
    );
    const heals = plan.filter(({ role }) => role === 'heal').map(({ action }) => action);
    // A site that was drained and stopped is started before it is brought back.
    if (broken[0]?.action.do === 'drain') broken.reverse();
    expect(heals).toEqual(broken.map(({ action }, i) => ({ ...healOf(action), ...startsAgain(heals[i]) })));
    const needsLine = plan.some(({ action }) => action.do === 'cut' || action.do === 'slow');
    expect(needsLine && !drill.lines).toBe(false);
  }
});

test.each(['cut', 'cut-oneway'])('%s cuts for at least a minute', (name) => {
  const [broken, healed] = DRILLS.find((drill) => drill.name === name)?.steps(1, true) ?? [];
  expect((healed?.atS ?? 0) - (broken?.atS ?? 0)).toBeGreaterThanOrEqual(60);
});

test('a seed of `random` gives the same sequence again, another seed another one', () => {
  const random = DRILLS.find(({ name }) => name === 'random');
  expect(random?.steps(7, true)).toEqual(random?.steps(7, true));
  const sequences = new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(random?.steps(seed, true))));
  expect(sequences.size).toBeGreaterThan(10);
});

test('`random` draws the fault of every drill that breaks something, and no faults of disks where there are none', () => {
  const random = DRILLS.find(({ name }) => name === 'random');
  const drawn = (disks: boolean): Set<string> =>
    new Set(
      Array.from({ length: 200 }, (_, seed) => random?.steps(seed, disks).map(({ action }) => action.do) ?? []).flat(),
    );
  // An upgrade happens once; what an SRE decides is no accident.
  const one = DRILLS.filter(({ fromOlder, effect }) => fromOlder !== true && effect.shows !== 'alone');
  const all = new Set(one.flatMap((drill) => drill.steps(1, true).map(({ action }) => action.do)));
  expect([...all].filter((what) => !drawn(true).has(what))).toEqual([]);
  expect([...all].filter((what) => !drawn(false).has(what)).toSorted()).toEqual([
    'fill-disk',
    'make-room',
    'power-cut',
  ]);
});

function healOf(action: Action): Action | undefined {
  switch (action.do) {
    case 'drain':
      return { ...action, do: 'undrain' };
    case 'stop':
    case 'kill':
      return { do: 'start', site: action.site };
    case 'power-cut':
      return { do: 'start', site: 'both' };
    case 'skew-clock':
      return { ...action, offsetMs: 0 };
    case 'fill-disk':
      return { do: 'make-room', site: action.site, startLogAgain: false };
    case 'lose-disk':
      return { do: 'start', site: action.site };
    case 'pause':
      return { ...action, do: 'resume' };
    case 'cut':
    case 'slow':
      return { do: 'mend' };
    case 'make-room':
    case 'mend':
    case 'poison':
    case 'resume':
    case 'retire':
    case 'start':
    case 'undrain':
    case 'upgrade':
    default:
      return undefined;
  }
}

const startsAgain = (action: Action | undefined): object =>
  action?.do === 'make-room' ? { startLogAgain: action.startLogAgain } : {};
