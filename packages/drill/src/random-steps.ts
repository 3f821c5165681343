// The sequence of the drill `random`: one fault after the other, each healed before the next, so that every promise stands.
import { type SiteId, otherSite } from '@vigie/model';
import type { Action } from './actions.ts';
import type { Step } from './drills.ts';

const ROUNDS = 5;
const ROUND_S = 27;
const FROM_S = 12;
const BROKEN_S = 12;

type Fault = (site: SiteId, draw: Draw) => readonly [broken: Action, healed: Action | undefined];
/** A whole number below this. */
type Draw = (below: number) => number;

const start = (site: SiteId): Action => ({ do: 'start', site });
const stopped =
  (program: 'site' | 'nats'): Fault =>
  (site) => [
    { do: 'pause', site, program },
    { do: 'resume', site, program },
  ];
const killed =
  (...programs: readonly ('site' | 'nats' | 'postgres')[]): Fault =>
  (site) => [{ do: 'kill', site, programs }, start(site)];

/** Each drill's fault as one round. */
const FAULTS: readonly Fault[] = [
  killed('site', 'nats', 'postgres'),
  killed('nats'),
  killed('postgres'),
  stopped('site'),
  stopped('nats'),
  () => [{ do: 'cut', from: 'both' }, { do: 'mend' }],
  (site) => [{ do: 'cut', from: site }, { do: 'mend' }],
  (_, draw) => [{ do: 'slow', delayMs: 200, lossShare: 0.05, seed: draw(1 << 30) }, { do: 'mend' }],
  (site) => [{ do: 'poison', site, epoch: '' }, undefined],
  (site, draw) => [
    { do: 'skew-clock', site, offsetMs: draw(2) === 0 ? 30_000 : -30_000 },
    { do: 'skew-clock', site, offsetMs: 0 },
  ],
  (site) => [{ do: 'lose-disk', site }, start(site)],
];
/** Those that need file systems of their own. */
const DISK_FAULTS: readonly Fault[] = [
  (site) => [
    { do: 'fill-disk', site, leaveBytes: 0 },
    { do: 'make-room', site, startLogAgain: true },
  ],
  () => [{ do: 'power-cut' }, { do: 'start', site: 'both' }],
];

export function randomSteps(seed: number, disks: boolean): readonly Step[] {
  const draw = drawing(seed);
  const faults = disks ? [...FAULTS, ...DISK_FAULTS] : FAULTS;
  const first: SiteId = draw(2) === 0 ? 'noirmont' : 'delemont';
  return Array.from({ length: ROUNDS }, (_, round): readonly Step[] => {
    const site = round % 2 === 0 ? first : otherSite(first);
    const [broken, healed] = (faults[draw(faults.length)] as Fault)(site, draw);
    const atS = FROM_S + round * ROUND_S;
    return [
      { atS, role: 'break', action: broken },
      ...(healed === undefined ? [] : [{ atS: atS + BROKEN_S, role: 'heal', action: healed } as const]),
    ];
  }).flat();
}

function drawing(seed: number): Draw {
  let state = (seed >>> 0) + 0x9e3779b9;
  return (below) => {
    // xorshift32: enough to choose a handful of faults, the same everywhere.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
