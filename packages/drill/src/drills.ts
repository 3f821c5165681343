// The drills, in the order of `--list`: what breaks when, and by what one sees that it did.
import type { SiteId } from '@vigie/model';
import type { Action } from './actions.ts';
import { MEMBERSHIP_DRILLS } from './membership-drills.ts';
import { randomSteps } from './random-steps.ts';

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
  /** The site says so itself, as an operating incident, and at the end no longer. */
  | { readonly shows: 'incident'; readonly site: SiteId; readonly incident: string }
  /** Both sites say another log format than they said before anything was done, the same one. */
  | { readonly shows: 'upgraded' }
  /** The site says that the other is away, and settles all the same. */
  | { readonly shows: 'alone'; readonly site: SiteId }
  /** Both sites say that they are apart. */
  | { readonly shows: 'apart' }
  /** Answers still come, so nothing but the supervisor's word says that it happened. */
  | { readonly shows: 'nothing' };

/** `all` and `logs` are needed; `if-possible` leaves out of a random sequence what this machine cannot do. */
export type DisksOf = 'all' | 'logs' | 'if-possible';

export interface Drill {
  readonly name: string;
  readonly about: string;
  /** The line between the sites goes through the supervisor, which can cut it. */
  readonly lines: boolean;
  /** On file systems of their own: each site's data, whose power can be cut; each log server's store, which can be filled. */
  readonly disks?: DisksOf;
  /** The sites start with the version kept in test/upgrade-from. */
  readonly fromOlder?: true;
  /** Persons who stay inside while nobody acknowledges; the seconds after which their order has each level told. */
  readonly stagedAfterS?: readonly number[];
  /** How it breaks, where there is more than one way. */
  readonly method?: string;
  readonly loadS: number;
  /** States its own time where more than a line has to be caught up. */
  readonly convergedMsMax?: number;
  readonly effect: Effect;
  /** `disks`: they could be made. */
  steps(seed: number, disks: boolean): readonly Step[];
}

const kill = (site: SiteId): readonly Step[] => [
  { atS: 15, role: 'break', action: { do: 'kill', site, programs: ['site', 'nats', 'postgres'] } },
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

/** First as disks fill up: the site stops writing before the last block. Then at once: the store of the log server breaks. */
const fill = (site: SiteId): readonly Step[] => [
  { atS: 15, role: 'break', action: { do: 'fill-disk', site, leaveBytes: 32e6 } },
  { atS: 22, role: 'break', action: { do: 'fill-disk', site, leaveBytes: 0 } },
  { atS: 38, role: 'heal', action: { do: 'make-room', site, startLogAgain: false } },
  { atS: 55, role: 'break', action: { do: 'fill-disk', site, leaveBytes: 0 } },
  { atS: 70, role: 'heal', action: { do: 'make-room', site, startLogAgain: true } },
];
const skew = (site: SiteId): readonly Step[] => [
  { atS: 15, role: 'break', action: { do: 'skew-clock', site, offsetMs: 30_000 } },
  { atS: 35, role: 'heal', action: { do: 'skew-clock', site, offsetMs: 0 } },
  { atS: 55, role: 'break', action: { do: 'skew-clock', site, offsetMs: -30_000 } },
  { atS: 75, role: 'heal', action: { do: 'skew-clock', site, offsetMs: 0 } },
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
    disks: 'all',
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
    name: 'disk-full',
    about: 'the disk of the log server of Le Noirmont has no room left: once slowly, once from one moment to the next',
    lines: false,
    disks: 'logs',
    method:
      'the log server of each site had its store on a file system of its own (loop device, ext4) that a file was made to fill',
    loadS: 90,
    effect: { shows: 'incident', site: 'noirmont', incident: 'disk-full' },
    steps: () => fill('noirmont'),
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
    name: 'clock-skew',
    about: 'Le Noirmont takes its clock to be 30 s ahead, then 30 s behind',
    lines: false,
    method:
      'scope: the site process of Le Noirmont alone, started again each time with a clock that is off; its log server, its database, ' +
      'the other site and the devices keep theirs',
    loadS: 95,
    effect: { shows: 'incident', site: 'noirmont', incident: 'clock-skew' },
    steps: () => skew('noirmont'),
  },
  {
    name: 'upgrade',
    about: 'both sites run an older version with an earlier log format, and are upgraded one after the other',
    lines: false,
    fromOlder: true,
    loadS: 65,
    effect: { shows: 'upgraded' },
    steps: () => [
      { atS: 15, role: 'break', action: { do: 'upgrade', site: 'noirmont' } },
      { atS: 35, role: 'break', action: { do: 'upgrade', site: 'delemont' } },
    ],
  },
  ...MEMBERSHIP_DRILLS,
  {
    name: 'escalation',
    about:
      'nobody acknowledges eight alarms; Le Noirmont dies between the first and the second level of their escalation',
    lines: false,
    loadS: 75,
    stagedAfterS: [5, 18, 32, 48],
    effect: { shows: 'silent', site: 'noirmont' },
    steps: () => [
      { atS: 15, role: 'break', action: { do: 'kill', site: 'noirmont', programs: ['site', 'nats', 'postgres'] } },
      { atS: 44, role: 'heal', action: { do: 'start', site: 'noirmont' } },
    ],
  },
  {
    name: 'random',
    about: 'a seeded sequence of five of the faults above (--seed N repeats it)',
    lines: true,
    disks: 'if-possible',
    loadS: 155,
    effect: { shows: 'nothing' },
    steps: randomSteps,
  },
];
