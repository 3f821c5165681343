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
  /**
   * A site that is only cut off is taken for lost while it goes on writing, and the survivor starts again after it founded. When the line
   * is back, what the lost one reads of the survivor comes later than what the survivor says to hold.
   */
  'lost-alive': (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const survivor = otherSite(site);
    const cutMs = dice.between(800, lengthMs / 3);
    const retiredMs = cutMs + dice.between(200, 2_000);
    const healMs = retiredMs + dice.between(1_800, 5_000);
    return [
      fault('cut', site, cutMs, healMs - cutMs),
      fault('retire-alive', site, retiredMs, healMs - retiredMs),
      ...(dice.chance(0.8)
        ? [fault('kill-site', survivor, healMs - dice.between(100, 1_500), dice.between(30, 400))]
        : []),
      // Odd: its consumers of the survivor's origin.
      fault('slow-reader', site, healMs - 20, 2 * Math.round(dice.between(100, 1_500)) + 1),
      ...(dice.chance(0.4)
        ? [
            fault(
              dice.pick(['kill-site', 'kill-log', 'cut', 'cut-oneway']),
              dice.pick(SITES),
              healMs + dice.between(-300, 900),
              dice.between(30, 900),
            ),
          ]
        : []),
    ];
  },
  /**
   * Both log servers start anew around a cut, and while both running epochs are being admitted one direction is cut again: what one of
   * them has confirmed the other does not know when it founds a generation without it.
   */
  'lost-unheard': (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const cutMs = dice.between(800, lengthMs / 3);
    const healMs = cutMs + dice.between(300, 1_500);
    const unheardMs = healMs + dice.between(0, 500);
    const retiredMs = unheardMs + dice.between(20, 600);
    const backMs = retiredMs + dice.between(2_000, 5_000);
    return [
      fault('cut', site, cutMs, healMs - cutMs),
      fault('kill-log', 'noirmont', healMs + dice.between(-400, 0), dice.between(30, 300)),
      fault('kill-log', 'delemont', healMs + dice.between(-400, 0), dice.between(30, 300)),
      fault('cut-oneway', site, unheardMs, backMs - unheardMs),
      ...(dice.chance(0.5) ? [fault('kill-log', dice.pick(SITES), unheardMs + dice.between(-200, 1_000), 60)] : []),
      fault('retire-alive', site, retiredMs, backMs - retiredMs),
    ];
  },
  /**
   * A site that is cut off with a new epoch is taken for lost just before the line is back, and the survivor has not read its own
   * founding yet when it hears the lost one: what it decides then is of the generation before.
   */
  'founded-unread': (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const survivor = otherSite(site);
    const cutMs = dice.between(800, lengthMs / 3);
    const retiredMs = cutMs + dice.between(1_300, 2_500);
    const healMs = retiredMs + dice.between(5, 400);
    // Even: its consumer of its own origin.
    const unread = 2 * Math.round(dice.between(300, 1_200));
    return [
      fault('cut', site, cutMs, healMs - cutMs),
      fault('kill-log', site, cutMs + dice.between(-200, 800), dice.between(30, 300)),
      fault('stalled-reader', survivor, retiredMs - dice.between(1, 10), unread),
      fault('retire-alive', site, retiredMs, dice.between(2_000, 4_000)),
    ];
  },
  /**
   * No copy of the other origin comes for seconds, so that its site is asked for it (L13); meanwhile that site's epoch ends, it dies, loses
   * its disk or is taken for lost, so that what it told is found on no disk; or the asking site begins anew.
   */
  'told-directly': (dice, lengthMs) => {
    const site = dice.pick(SITES);
    const other = otherSite(site);
    const stallMs = dice.between(800, lengthMs / 3);
    const forMs = dice.between(2_000, 6_000);
    const atMs = stallMs + dice.between(1_100, forMs);
    const meanwhile = dice.pick([
      () => [fault('kill-log', other, atMs, dice.between(30, 1_500))],
      () => [fault('rotate', other, atMs, 0), fault('kill-site', site, atMs + dice.between(-200, 600), 100)],
      () => [fault('lose-disk', other, atMs, dice.between(30, 800))],
      () => [fault('disk-swapped', other, atMs, dice.between(300, 3_000))],
      () => [fault('retire-alive', other, atMs, dice.between(1_500, 3_000)), fault('cut', site, atMs - 50, 1_600)],
      () => [fault('kill-log', site, atMs, dice.between(30, 1_500))],
      () => [fault('pause-site', site, atMs, dice.between(100, 2_000)), fault('drain', other, atMs + 100, 1_500)],
    ]);
    return [
      fault(
        dice.pick(['stalled-copy', 'stalled-copy', 'stalled-reader']),
        site,
        stallMs,
        2 * Math.round(forMs / 2) + 1,
      ),
      ...meanwhile(),
    ];
  },
  /** Each site is taken for lost while the line is cut, and both go on alone until one gives up. */
  'both-lost': (dice, lengthMs) => {
    const cutMs = dice.between(800, lengthMs / 3);
    const lostMs = cutMs + dice.between(1_200, 2_200);
    const forMs = dice.between(500, 3_000);
    const near = (): number => lostMs + dice.between(-500, forMs + 1_500);
    return [
      fault('cut', 'noirmont', cutMs, lostMs + forMs - cutMs - dice.between(0, 300)),
      fault('retire-both', dice.pick(SITES), lostMs, forMs),
      ...(dice.chance(0.6)
        ? [fault(dice.pick(['kill-site', 'kill-log', 'rotate']), dice.pick(SITES), near(), dice.between(30, 600))]
        : []),
    ];
  },
} satisfies Readonly<Record<string, Scenario>>;
export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

export const drawScenario = (name: ScenarioName, dice: Random, lengthMs: number): readonly Fault[] =>
  [...SCENARIOS[name](dice, lengthMs)].sort((a, b) => a.atMs - b.atMs);
