// The drills, in the order of `--list`: what breaks when, and by what one sees that it did.
import { type SiteId, otherSite } from '@vigie/model';
import type { Action } from './actions.ts';

export interface Step {
  /** Seconds after the load began. */
  readonly atS: number;
  readonly role: 'break' | 'heal';
  readonly action: Action;
}
/** By what the fault shows from outside; a drill whose fault did not show has not been run. */
export type Effect =
  /** No answers from this site for some seconds. */
  | { readonly shows: 'silent'; readonly site: SiteId }
  /** Both sites say that they are apart. */
  | { readonly shows: 'apart' }
  /** Answers still come, so nothing but the supervisor's word says that it happened. */
  | { readonly shows: 'nothing' };

export interface Drill {
  readonly name: string;
  readonly about: string;
  /** The line between the sites goes through the supervisor, which can cut it. */
  readonly lines: boolean;
  /** Each site's data lies on a file system of its own, whose power can be cut. */
  readonly disks?: true;
  /** How it breaks, where there is more than one way. */
  readonly method?: string;
  readonly loadS: number;
  /** States its own time where more than a line has to be caught up. */
  readonly convergedMsMax?: number;
  readonly effect: Effect;
  steps(seed: number): readonly Step[];
}

const ALL = ['site', 'nats', 'postgres'] as const;

const kill = (site: SiteId): readonly Step[] => [
  { atS: 15, role: 'break', action: { do: 'kill', site, programs: ALL } },
  { atS: 40, role: 'heal', action: { do: 'start', site } },
];
const killOne = (site: SiteId, program: 'nats' | 'postgres'): readonly Step[] => [
  { atS: 15, role: 'break', action: { do: 'kill', site, programs: [program] } },
  { atS: 40, role: 'heal', action: { do: 'start', site } },
];
const stall = (site: SiteId): readonly Step[] => [
  { atS: 12, role: 'break', action: { do: 'pause', site, program: 'nats' } },
  { atS: 27, role: 'heal', action: { do: 'resume', site, program: 'nats' } },
  { atS: 42, role: 'break', action: { do: 'pause', site, program: 'site' } },
  { atS: 57, role: 'heal', action: { do: 'resume', site, program: 'site' } },
];
const cut = (from: SiteId | 'both'): readonly Step[] => [
  { atS: 15, role: 'break', action: { do: 'cut', from } },
  { atS: 76, role: 'heal', action: { do: 'mend' } },
];
const slow = (seed: number): readonly Step[] => [
  { atS: 15, role: 'break', action: { do: 'slow', delayMs: 200, lossShare: 0.05, seed } },
  { atS: 60, role: 'heal', action: { do: 'mend' } },
];

export const DRILLS: readonly Drill[] = [
  {
    name: 'kill-noirmont',
    about: 'all three processes of Le Noirmont die at once (SIGKILL) and come back 25 s later',
    lines: false,
    loadS: 65,
    effect: { shows: 'silent', site: 'noirmont' },
    steps: () => kill('noirmont'),
  },
  {
    name: 'kill-delemont',
    about: 'the same at Delémont',
    lines: false,
    loadS: 65,
    effect: { shows: 'silent', site: 'delemont' },
    steps: () => kill('delemont'),
  },
  {
    name: 'kill-log',
    about: 'only the log server of Le Noirmont dies; its site process passes uploads on to Delémont',
    lines: false,
    loadS: 65,
    effect: { shows: 'apart' },
    steps: () => killOne('noirmont', 'nats'),
  },
  {
    name: 'kill-postgres',
    about: 'only the database of Le Noirmont dies; detection and answers to devices do not need it',
    lines: false,
    loadS: 65,
    effect: { shows: 'nothing' },
    steps: () => killOne('noirmont', 'postgres'),
  },
  {
    name: 'stall',
    about: 'the log server of Le Noirmont stands still for 15 s (SIGSTOP), later its site process does',
    lines: false,
    loadS: 75,
    effect: { shows: 'silent', site: 'noirmont' },
    steps: () => stall('noirmont'),
  },
  {
    name: 'cut',
    about: 'the line between the sites drops everything, both ways, for 61 s; devices reach both sites',
    lines: true,
    loadS: 95,
    effect: { shows: 'apart' },
    steps: () => cut('both'),
  },
  {
    name: 'cut-oneway',
    about: 'what Delémont sends to Le Noirmont is dropped for 61 s, the other direction passes',
    lines: true,
    loadS: 95,
    effect: { shows: 'apart' },
    steps: () => cut('delemont'),
  },
  {
    name: 'slow-link',
    about: '200 ms each way and 5 % loss between the sites, as delays of a line in user space',
    lines: true,
    loadS: 80,
    effect: { shows: 'nothing' },
    steps: slow,
  },
  {
    name: 'poison',
    about: 'bytes that are no entry are published into the running stream of each site',
    lines: false,
    loadS: 65,
    effect: { shows: 'nothing' },
    steps: () => [
      { atS: 15, role: 'break', action: { do: 'poison', site: 'noirmont', epoch: '' } },
      { atS: 30, role: 'break', action: { do: 'poison', site: 'delemont', epoch: '' } },
    ],
  },
  {
    name: 'power-cut',
    about: 'both sites lose their power at once: every process ends, and what was not synced to disk is gone',
    lines: false,
    disks: true,
    method:
      'each site had its data on a file system in a file (loop device, ext4); with every process standing still, the file was copied as ' +
      'it was, all were killed, and the copy was mounted: unsynced data is not on it',
    loadS: 65,
    effect: { shows: 'silent', site: 'noirmont' },
    steps: () => [
      { atS: 15, role: 'break', action: { do: 'power-cut' } },
      { atS: 18, role: 'heal', action: { do: 'start', site: 'both' } },
    ],
  },
  {
    name: 'disk-lost',
    about:
      'everything that the log server of Le Noirmont had on disk is destroyed; what Delémont holds comes back, the rest from the devices',
    lines: false,
    loadS: 75,
    convergedMsMax: 60_000,
    effect: { shows: 'silent', site: 'noirmont' },
    steps: () => [
      { atS: 15, role: 'break', action: { do: 'lose-disk', site: 'noirmont' } },
      { atS: 30, role: 'heal', action: { do: 'start', site: 'noirmont' } },
    ],
  },
  {
    name: 'random',
    about: 'a seeded sequence of four of the faults above (--seed N repeats it)',
    lines: true,
    loadS: 125,
    effect: { shows: 'nothing' },
    steps: randomSteps,
  },
];

/** Named in the order of the manual; each says why it cannot be run. */
export const NOT_BUILT: readonly { readonly name: string; readonly why: string }[] = [
  { name: 'disk-full', why: 'this version cannot give a site a disk of its own size' },
  { name: 'clock-skew', why: 'this version cannot change what one site takes for its clock' },
  { name: 'upgrade', why: 'there is no older version to upgrade from' },
  { name: 'drain', why: 'this version does not drain a site yet' },
  { name: 'retire', why: 'this version does not retire a site yet' },
  { name: 'escalation', why: 'this version has no escalations yet' },
];

const RANDOM_ROUNDS = 4;
const ROUND_S = 25;
const BROKEN_S = 12;

/** One fault after the other, each healed before the next, so that every promise stands. */
function randomSteps(seed: number): readonly Step[] {
  let state = (seed >>> 0) + 0x9e3779b9;
  const draw = (below: number): number => {
    // xorshift32: enough to choose a handful of faults, the same everywhere.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const first: SiteId = draw(2) === 0 ? 'noirmont' : 'delemont';
  return Array.from({ length: RANDOM_ROUNDS }, (_, round) => {
    const site = round % 2 === 0 ? first : otherSite(first);
    const [broken, healed] = randomFault(draw(7), site, draw(1 << 30));
    const atS = 12 + round * ROUND_S;
    return [
      { atS, role: 'break', action: broken },
      { atS: atS + BROKEN_S, role: 'heal', action: healed },
    ] satisfies Step[];
  }).flat();
}

function randomFault(kind: number, site: SiteId, seed: number): readonly [Action, Action] {
  const start: Action = { do: 'start', site };
  switch (kind) {
    case 0:
      return [{ do: 'kill', site, programs: ALL }, start];
    case 1:
      return [{ do: 'kill', site, programs: ['nats'] }, start];
    case 2:
      return [{ do: 'kill', site, programs: ['postgres'] }, start];
    case 3:
      return [
        { do: 'pause', site, program: 'site' },
        { do: 'resume', site, program: 'site' },
      ];
    case 4:
      return [{ do: 'cut', from: 'both' }, { do: 'mend' }];
    case 5:
      return [{ do: 'cut', from: site }, { do: 'mend' }];
    default:
      return [{ do: 'slow', delayMs: 200, lossShare: 0.05, seed }, { do: 'mend' }];
  }
}
