// Every fault that a run can meet, in one object that is printed with a failure. The seed draws it; a shrunk one is a part of it.
import { SITES, type SiteId } from '@vigie/model';
import type { Random } from '../random.ts';
import { SCENARIO_NAMES, type ScenarioName, drawScenario } from './scenarios.ts';

export const FAULT_KINDS = [
  'cut',
  'cut-oneway',
  'mobile-cut',
  'pause-site',
  'pause-log',
  'kill-site',
  'kill-log',
  'power-cut',
  'rotate',
  'slow-disk',
  'fsync-fails',
  'disk-full',
  'clock-step',
  'clock-back',
  'lose-disk',
  'old-backup',
  'disk-swapped',
  'slow-reader',
  'stalled-reader',
  'stalled-copy',
  'drain',
  'retire',
  'retire-alive',
  'retire-both',
  'torn-write',
  'receivers-down',
  'receivers-unreached',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly site: SiteId;
  /** From the start of the run, ms of virtual time. */
  readonly atMs: number;
  /** How long it lasts; 0 where it is a moment. */
  readonly forMs: number;
}

export interface LinkFaults {
  /** One way between the sites, microseconds, plus up to as much again. */
  readonly delayUs: number;
  /** Plain messages lost, and origin messages sent again later, per million. */
  readonly lossPpm: number;
  /** Plain messages that come twice, per million. */
  readonly replayPpm: number;
}

export interface SimOptions {
  readonly seed: number;
  /** Reports are made and faults begin within this time, ms. */
  readonly lengthMs: number;
  readonly devices: number;
  /** Between two reports of a device, ms. */
  readonly reportEveryMs: number;
  /** Time between two events of the wearers' lives: entering or leaving the zone. */
  readonly crossEveryMs: number;
  readonly link: LinkFaults;
  /** Requests and answers of devices: each may be lost or come twice. */
  readonly mobile: LinkFaults;
  /** Alarms are dispatched, over this network. Absent: nobody is told. */
  readonly receivers?: LinkFaults;
  /** fsync of one write, microseconds, plus up to as much again. */
  readonly fsyncUs: number;
  /** What each site takes for its clock runs ahead by this, ms. */
  readonly skewMs: { readonly [site in SiteId]: number };
  readonly snapshotEveryMs: number;
  /** Orders are revised and measures stopped. Absent in runs from before it could be: no. */
  readonly authority?: boolean;
  /** The keeper closes an epoch that has grown beyond this (L10). Absent: never. */
  readonly rotateBytes?: number;
  /** Newer rules come into force, and people switch some off and on. Absent: no. */
  readonly rules?: boolean;
  /** Measures are erased so long after they were stopped. Absent: never. */
  readonly eraseAfterMs?: number;
  /** Bytes that a replica holds of what waits to settle. Absent: its own bound, which no run reaches; no seed draws it. */
  readonly heldBytesMax?: number;
  /** Devices forget a report as soon as some site has taken it. Absent: no. */
  readonly forgetful?: boolean;
  /** Of the sites' log. Absent in runs from before it could be several: one. */
  readonly partitions?: number;
  readonly faults: readonly Fault[];
}

/** Only one site of a run may lose data: what lies on no disk is nobody's to promise. */
const LOSES_DATA: ReadonlySet<FaultKind> = new Set(['lose-disk', 'old-backup', 'disk-swapped']);
const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  cut: 5,
  'cut-oneway': 4,
  'mobile-cut': 2,
  'pause-site': 3,
  'pause-log': 3,
  'kill-site': 4,
  'kill-log': 4,
  'power-cut': 1,
  rotate: 3,
  'slow-disk': 2,
  'fsync-fails': 2,
  'disk-full': 1,
  'clock-step': 2,
  'clock-back': 1,
  'lose-disk': 1,
  'old-backup': 1,
  'disk-swapped': 1,
  'slow-reader': 2,
  'stalled-reader': 2,
  'stalled-copy': 2,
  drain: 2,
  retire: 0,
  'retire-alive': 0,
  'retire-both': 0,
  'torn-write': 1,
  'receivers-down': 1,
  'receivers-unreached': 1,
};

/** Of some runs: log servers that start again and again, on disks that are not the ones before. */
const EPOCHS: Readonly<Partial<Record<FaultKind, number>>> = {
  cut: 4,
  'cut-oneway': 3,
  'pause-site': 1,
  'kill-site': 2,
  'kill-log': 5,
  rotate: 3,
  'lose-disk': 2,
  'old-backup': 3,
  'disk-swapped': 4,
  'slow-reader': 2,
  drain: 2,
};

/** One, two, three, four; a run of four takes twice the time of one. */
const PARTITIONS_WEIGHTS = [84, 4, 3, 9];

/** Runs whose faults are one of scenarios.ts. */
const SCENARIO_SHARE = 0.2;
/** Runs in which the keepers close epochs that have grown, every few seconds. */
const ROTATING_SHARE = 0.15;
/** Runs in which rules change for everybody. */
const RULES_SHARE = 0.25;
/** Of the runs with an authority, those in which measures are erased. */
const ERASING_SHARE = 0.4;
/** Runs in which alarms are dispatched. */
const TELLING_SHARE = 0.4;

/** `scenario`: only to look for what one of them finds. */
export function drawOptions(seed: number, dice: Random, scenario?: ScenarioName): SimOptions {
  const lengthMs = Math.round(dice.between(4_000, 14_000));
  const isRough = dice.chance(0.5);
  const people = dice.fork('people');
  const partitions = 1 + dice.fork('partitions').weighted(PARTITIONS_WEIGHTS);
  const link = (of = dice): LinkFaults => ({
    delayUs: Math.round(of.logBetween(100, isRough ? 60_000 : 3_000)),
    lossPpm: isRough ? of.below(80_000) : 0,
    replayPpm: isRough ? of.below(80_000) : 0,
  });
  const skew = (): number => Math.round(dice.chance(0.15) ? dice.between(-15_000, 15_000) : dice.normal() * 40);
  const receivers = dice.fork('receivers');
  const erasing = dice.fork('erasing');
  const authority = people.chance(0.5);
  return {
    seed,
    lengthMs,
    devices: Math.max(1 + dice.below(5), partitions),
    reportEveryMs: Math.round(dice.logBetween(250, 2_000)),
    crossEveryMs: Math.round(dice.between(1_500, 6_000)),
    link: link(),
    mobile: link(),
    ...(receivers.chance(TELLING_SHARE) ? { receivers: link(receivers) } : {}),
    fsyncUs: Math.round(dice.logBetween(50, 4_000)),
    skewMs: { noirmont: skew(), delemont: skew() },
    snapshotEveryMs: Math.round(dice.logBetween(700, 20_000)),
    authority,
    forgetful: people.chance(0.3),
    ...(authority && erasing.chance(ERASING_SHARE) ? { eraseAfterMs: Math.round(erasing.logBetween(300, 5_000)) } : {}),
    ...(dice.fork('rules').chance(RULES_SHARE) ? { rules: true } : {}),
    ...(people.chance(ROTATING_SHARE) ? { rotateBytes: Math.round(people.logBetween(3_000, 40_000)) } : {}),
    ...(partitions === 1 ? {} : { partitions }),
    faults: drawFaults(lengthMs, dice.fork('faults'), scenario),
  };
}

function drawFaults(lengthMs: number, dice: Random, scenario: ScenarioName | undefined): readonly Fault[] {
  if (scenario !== undefined || dice.chance(SCENARIO_SHARE))
    return drawScenario(scenario ?? dice.pick(SCENARIO_NAMES), dice, lengthMs);
  const faults: Fault[] = [];
  const aboutEpochs = dice.chance(0.25);
  const weights = FAULT_KINDS.map((kind) => (aboutEpochs ? (EPOCHS[kind] ?? 0) : WEIGHTS[kind]));
  const count = dice.below(9) + (aboutEpochs ? 3 : 0);
  let lost: SiteId | undefined;
  let isDrained = false;
  // Near the ends of one another, where several at once are worst.
  const moments = [dice.between(300, lengthMs), dice.between(300, lengthMs)];
  for (let i = 0; i < count; i++) {
    const kind = FAULT_KINDS[dice.weighted(weights)] as FaultKind;
    const site = dice.pick(SITES);
    if (LOSES_DATA.has(kind)) {
      if (isDrained || (lost !== undefined && lost !== site)) continue;
      lost = site;
    }
    // What a site settles alone does not survive the loss of its disk: not promised.
    if (kind === 'drain') {
      if (lost !== undefined) continue;
      isDrained = true;
    }
    const atMs = dice.chance(0.4) ? dice.pick(moments) + dice.between(-200, 400) : dice.between(300, lengthMs);
    const forMs = Math.round(dice.logBetween(30, 6_000));
    faults.push({ kind, site, atMs: Math.max(0, Math.round(atMs)), forMs });
  }
  return faults.sort((a, b) => a.atMs - b.atMs);
}
