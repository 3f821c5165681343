// Short sequences of faults that are known to be where an order of two origins goes wrong, drawn with their times from the seed. Left to
// chance alone, faults rarely fall together like this.
import { SITES, type SiteId, otherSite } from '@vigie/model';
import type { Random } from '../random.ts';
import type { Fault, FaultKind } from './faults.ts';

type Scenario = (dice: Random, lengthMs: number) => readonly Fault[];

const fault = (kind: FaultKind, site: SiteId, atMs: number, forMs: number): Fault => ({
  kind,
  site,
  atMs: Math.max(0, Math.round(atMs)),
  forMs: Math.max(1, Math.round(forMs)),
});

export const SCENARIOS = {
  /**
   * A site writes while cut off, runs on an empty disk for a while and gets the old one back: what only that disk had lies past the
   * end that was given to its epoch meanwhile. The other site starts again, reading one origin behind the other.
   */
  'lost-tail': (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const cutMs = dice.between(800, lengthMs / 3);
    const swapMs = cutMs + dice.between(400, 1_500);
    const healMs = swapMs + dice.between(-200, 900);
    const backMs = Math.max(healMs, swapMs) + dice.between(300, 2_500);
    const againMs = backMs + dice.between(-200, 1_500);
    return [
      fault('cut', site, cutMs, healMs - cutMs),
      fault('disk-swapped', site, swapMs, backMs - swapMs),
      fault('slow-reader', otherSite(site), againMs - 20, dice.between(300, 3_000)),
      ...(dice.chance(0.7) ? [fault('kill-site', otherSite(site), againMs, dice.between(30, 400))] : []),
    ];
  },
  /** Both log servers start anew around a cut, so that both running epochs wait; one of them again while they are being admitted. */
  'both-wait': (dice, lengthMs) => {
    const cutMs = dice.between(800, lengthMs / 2);
    const healMs = cutMs + dice.between(300, 2_000);
    const near = (): number => healMs + dice.between(-300, 150);
    return [
      fault('cut', 'noirmont', cutMs, healMs - cutMs),
      fault('kill-log', 'noirmont', near() - 200, dice.between(30, 400)),
      fault('kill-log', 'delemont', near() - 200, dice.between(30, 400)),
      fault(
        dice.pick(['rotate', 'kill-log', 'pause-log', 'fsync-fails']),
        dice.pick(SITES),
        near() + 200,
        dice.between(30, 400),
      ),
      fault(
        dice.pick(['kill-site', 'cut-oneway', 'pause-site']),
        dice.pick(SITES),
        near() + 250,
        dice.between(30, 700),
      ),
    ];
  },
  /** A site that lost its disk while it hears nobody begins with a number that it has used before. */
  'number-again': (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const cutMs = dice.between(800, lengthMs / 2);
    const lostMs = cutMs + dice.between(200, 1_500);
    const forMs = dice.between(50, 900);
    return [
      fault('cut', site, cutMs, lostMs + forMs - cutMs + dice.between(50, 800)),
      fault('lose-disk', site, lostMs, forMs),
      fault(
        dice.pick(['kill-log', 'rotate', 'slow-reader']),
        dice.pick(SITES),
        lostMs + forMs + dice.between(0, 900),
        dice.between(30, 500),
      ),
    ];
  },
  /** A site is drained while things happen to it and to the line, and returns. */
  maintenance: (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const atMs = dice.between(800, lengthMs / 2);
    const forMs = dice.between(600, 5_000);
    const within = (): number => atMs + dice.between(-300, forMs + 600);
    return [
      fault('drain', site, atMs, forMs),
      fault(dice.pick(['kill-site', 'kill-log', 'cut', 'rotate']), dice.pick(SITES), within(), dice.between(30, 1_500)),
      ...(dice.chance(0.6)
        ? [
            fault(
              dice.pick(['kill-site', 'kill-log', 'pause-site', 'cut-oneway']),
              dice.pick(SITES),
              within(),
              dice.between(30, 1_500),
            ),
          ]
        : []),
    ];
  },
  /** A site is cut off with entries that nobody else has, is taken for lost, and comes back after the other went on without it. */
  'lost-site': (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const atMs = dice.between(1_200, lengthMs / 2);
    const cutMs = atMs - dice.between(20, 1_000);
    const forMs = dice.between(1_800, 5_000);
    return [
      fault('cut', site, cutMs, dice.between(300, 2_000)),
      fault(
        'kill-log',
        dice.chance(0.5) ? site : otherSite(site),
        cutMs + dice.between(-400, 400),
        dice.between(30, 300),
      ),
      fault('retire', site, atMs, forMs),
      ...(dice.chance(0.5)
        ? [
            fault(
              dice.pick(['kill-site', 'kill-log', 'slow-reader', 'cut']),
              dice.pick(SITES),
              atMs + forMs + dice.between(-300, 900),
              dice.between(30, 900),
            ),
          ]
        : []),
    ];
  },
} satisfies Readonly<Record<string, Scenario>>;
export type ScenarioName = keyof typeof SCENARIOS;
/** Those that runs draw. A retired site that returns is not among them yet: docs/decisions/0007. */
export const DRAWN_SCENARIOS: readonly ScenarioName[] = ['lost-tail', 'both-wait', 'number-again', 'maintenance'];

export const drawScenario = (name: ScenarioName, dice: Random, lengthMs: number): readonly Fault[] =>
  [...SCENARIOS[name](dice, lengthMs)].sort((a, b) => a.atMs - b.atMs);
