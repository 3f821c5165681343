// A checker that cannot fail proves nothing: each break of the implementation is found, by the checker of the promise it breaks.
import { must } from '@vigie/model';
import { expect, test } from 'vitest';
import type { Break } from './breaks.ts';
import type { Violation } from './checks/check.ts';
import type { SimOptions } from './faults.ts';
import { runOne } from './run.ts';

const TIMEOUT_MS = 120_000;
const GOOD = { delayUs: 1_000, lossPpm: 0, replayPpm: 0 };
const OPTIONS: SimOptions = {
  seed: 1,
  lengthMs: 6_000,
  devices: 2,
  reportEveryMs: 400,
  crossEveryMs: 1_500,
  link: GOOD,
  mobile: GOOD,
  fsyncUs: 300,
  skewMs: { noirmont: 0, delemont: 0 },
  snapshotEveryMs: 60_000,
  faults: [
    { kind: 'cut', site: 'noirmont', atMs: 3_000, forMs: 800 },
    { kind: 'power-cut', site: 'delemont', atMs: 4_800, forMs: 300 },
  ],
};

test(
  'without a break the same run keeps every promise',
  async () => {
    for (const options of [OPTIONS, WITH_STOPS, FORGETFUL, APART, TOLD, ERASING, SWITCHING])
      expect((await runOne(options)).violations).toEqual([]);
  },
  TIMEOUT_MS,
);

/** A run without faults, in which a measure is stopped. */
const WITH_STOPS: SimOptions = { ...OPTIONS, seed: 5, lengthMs: 12_000, authority: true, faults: [] };

/** Devices that keep no copy, and reach one site only: what that answers while the line is cut lies nowhere else when the power goes. */
const FORGETFUL: SimOptions = {
  ...OPTIONS,
  forgetful: true,
  faults: [
    { kind: 'mobile-cut', site: 'delemont', atMs: 2_800, forMs: 2_400 },
    { kind: 'cut', site: 'noirmont', atMs: 3_000, forMs: 2_400 },
    { kind: 'power-cut', site: 'delemont', atMs: 4_800, forMs: 300 },
  ],
};
/** Apart for so long that people decide at both sites, each not knowing of the other. */
const APART: SimOptions = {
  ...OPTIONS,
  seed: 5,
  lengthMs: 12_000,
  authority: true,
  faults: [{ kind: 'cut', site: 'noirmont', atMs: 2_000, forMs: 9_000 }],
};

/** Alarms are dispatched; the site that begins dies for a while. */
const TOLD: SimOptions = {
  ...OPTIONS,
  lengthMs: 9_000,
  receivers: GOOD,
  faults: [{ kind: 'kill-site', site: 'noirmont', atMs: 6_000, forMs: 2_000 }],
};

/** A measure is stopped and erased. */
const ERASING: SimOptions = { ...WITH_STOPS, eraseAfterMs: 600, snapshotEveryMs: 6_000 };

/** Newer rules come into force, and some are switched off and on. */
const SWITCHING: SimOptions = { ...WITH_STOPS, lengthMs: 20_000, rules: true, authority: false };

const OPTIONS_OF: Readonly<Partial<Record<Break, SimOptions>>> = {
  'ignores-stop': WITH_STOPS,
  'names-twice': WITH_STOPS,
  'keeps-in-memory': FORGETFUL,
  'answers-early': APART,
  'forgets-keys': APART,
  'ignores-switch': SWITCHING,
  'keeps-a-key': ERASING,
  'keeps-snapshots': ERASING,
  'erases-early': ERASING,
  'claims-delivered': TOLD,
  'sends-again': TOLD,
  'begins-at-both': TOLD,
};

const FOUND: readonly (readonly [Break, Violation['invariant'], RegExp, RegExp])[] = [
  ['drops-acknowledged', 'durability', /acknowledged report is lost/, /wearer-\d report 1\.\d+, answered (both|site)/],
  ['acks-unsynced', 'durability', /acknowledged report is lost/, /wearer-\d report 1\.\d+, answered/],
  ['keeps-in-memory', 'durability', /acknowledged report is lost/, /wearer-\d report 1\.\d+, answered site/],
  ['says-both', 'durability', /only one disk held it/, /report 1\.\d+, answered both at \d+ ms as/],
  ['applies-twice', 'once', /not applied exactly once/, /delemont has applied \d+ reports of wearer-\d/],
  ['skips-breach', 'incidents', /not those of the settled log/, /delemont has not: [0-9a-f]{32} stay-away/],
  ['reorders', 'order', /settle different sequences/, /number \d+: .* said by (noirmont|delemont) in its life 1/],
  ['flips-digest', 'digests', /not that of the settled log/, /second \d+: (noirmont|delemont)/],
  ['publishes-twice', 'events', /shown twice by one site/, /[0-9a-f]{32}\/early/],
  ['announces-anew', 'events', /under ever new ids/, /JU-\d: \d+ ids for stay-away, at most \d+ can be/],
  [
    'forgets-late',
    'arrivals',
    /delivered otherwise end otherwise/,
    /(noirmont|delemont), interleaving 2: number \d+ is/,
  ],
  [
    'names-twice',
    'events',
    /under two names while the sites are joined/,
    /JU-\d, .*: told as [0-9a-f]{32} and [0-9a-f]{32}/,
  ],
  ['moves-zone', 'incidents', /not what the wearers did/, /JU-\d: the oracle says .*; standing /],
  [
    'ignores-stop',
    'decisions',
    /does not stand at a site/,
    /delemont has of JU-\d revision \d+; by the model .*, ended/,
  ],
  ['answers-early', 'decisions', /a settled answer was not final/, /was answered .*; the settled log says/],
  ['forgets-keys', 'decisions', /did not end as it had to/, /step-\d+, .*, by the model (repeated|refused)/],
  ['reads-late', 'alarms', /not shown in time/, /answered by delemont at \d+ ms: not shown 1000 ms later/],
  ['tells-nobody', 'alarms', /nobody tells of a breach/, /answered by \w+ at \d+ ms: not told 3500 ms later/],
  ['claims-delivered', 'dispatch', /nobody was told of an incident/, /no receiver has taken early/],
  ['sends-again', 'dispatch', /sent again what had been taken/, /desk took .*; heard at \d+ ms that it was taken/],
  [
    'begins-at-both',
    'dispatch',
    /told twice while the sites are joined/,
    /from noirmont .*, and .* from delemont|from delemont .*, and .* from noirmont/,
  ],
  ['keeps-a-key', 'erasure', /something is left/, /delemont, JU-\d: its key is held/],
  ['keeps-snapshots', 'erasure', /something is left/, /JU-\d: a snapshot names its case/],
  ['erases-early', 'erasure', /before its date/, /erases [0-9a-f]{32} at \d+/],
  ['ignores-switch', 'digests', /not that of the settled log/, /second \d+: (noirmont|delemont)/],
  ['stops-keeper', 'liveness', /not everything is settled/, /noirmont: joined/],
];
const OF_FOUR: SimOptions = { ...OPTIONS, devices: 8, partitions: 4 };

test.for(['says-both', 'applies-twice', 'flips-digest', 'reorders', 'forgets-late', 'tells-nobody'] as const)(
  '[L1] the break %s is found in the partition that it is in, of four',
  { timeout: TIMEOUT_MS },
  async (how) => {
    const [, invariant] = must(
      FOUND.find(([name]) => name === how),
      'a break',
    );
    expect((await runOne(OF_FOUR)).violations).toEqual([]);
    const { violations } = await runOne(OF_FOUR, { breaks: how });
    const found = violations.filter((violation) => violation.invariant === invariant);
    expect(found.map(({ witness }) => witness.join('\n')).join('\n')).toMatch(/^partition [123]: /m);
  },
);

for (const [how, invariant, why, witness] of FOUND)
  test(
    `the break ${how} is found as ${invariant}, with its witness`,
    async () => {
      const { violations } = await runOne(OPTIONS_OF[how] ?? OPTIONS, { breaks: how });
      const found = violations.find((violation) => violation.invariant === invariant && why.test(violation.why));
      expect(found, JSON.stringify(violations)).toBeDefined();
      expect(found?.witness.join('\n')).toMatch(witness);
    },
    TIMEOUT_MS,
  );

test(
  'what only one site held in memory is sent again by devices that keep it, and lost by those that do not',
  async () => {
    const { violations } = await runOne({ ...FORGETFUL, forgetful: false }, { breaks: 'keeps-in-memory' });
    expect(violations.filter(({ why }) => why === 'an acknowledged report is lost')).toEqual([]);
  },
  TIMEOUT_MS,
);
