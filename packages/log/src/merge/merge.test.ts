import fc from 'fast-check';
import { logTimeUs, seqOf } from '@vigie/model';
import { expect, test } from 'vitest';
import { OriginScript, Reader, genesis } from '../testing/origin-script.ts';
import type { OriginMessage } from '../types.ts';
import { Merge } from './merge.ts';

const noirmont = (): Reader => {
  const reader = new Reader(new Merge({ self: 'noirmont' }));
  reader.note(reader.merge.catchUp());
  return reader;
};
const delemont = (): Reader => {
  const reader = new Reader(new Merge({ self: 'delemont' }));
  reader.note(reader.merge.catchUp());
  return reader;
};

test("[L4] a reader's t never goes back along an origin, and entries start past their admit", () => {
  const { n, d } = genesis();
  n.write(5);
  n.write(20);
  n.write(20);
  const r = noirmont();
  r.take(...n.messages, ...d.messages);
  expect(r.unsettled()).toEqual([
    '11 noirmont.1-n:1',
    '11 delemont.1-d:1',
    '12 noirmont.1-n:2',
    '20 noirmont.1-n:3',
    '21 noirmont.1-n:4',
  ]);
  expect(r.merge.newestT).toBe(21);
  expect([r.merge.watermark('noirmont'), r.merge.watermark('delemont')]).toEqual([21, 11]);
});

test('[L8] an own entry settles once the other origin has shown a later one and has seen it, not before', () => {
  const { n, d } = genesis();
  const own = n.write(100);
  const r = noirmont();
  r.take(...n.messages, ...d.messages);
  expect(r.settled).toEqual([]);
  r.take(d.write(100, { seen: ['1-n', 2] }));
  // Equal times: Noirmont's sorts first, so Delémont's entry at 100 sorts after it.
  expect(r.settled).toEqual(['11 noirmont.1-n:1', '11 delemont.1-d:1', '100 noirmont.1-n:2']);
  r.take(n.write(101));
  expect(r.settled).toHaveLength(4);
  r.take(d.write(200, { seen: ['1-n', 2] }));
  expect(r.settled).toHaveLength(4); // ordered, but not seen
  expect(own.seq).toBe(2);
});

test('[L7] [L8] a plain message is enough to say what was seen, for entries that are ordered', () => {
  const { n, d } = genesis();
  n.write(100);
  d.write(150);
  const r = noirmont();
  r.take(...n.messages, ...d.messages);
  expect(r.settled).toEqual([]);
  r.note(r.merge.peerSeen({ epoch: '1-n', seq: seqOf(2) }));
  expect(r.settled).toHaveLength(3);
  expect(r.merge.seenByPeer()).toEqual({ epoch: '1-n', seq: 2 });
});

test("[L8] the other origin's entry settles without `seen`, when every entry before it is settled", () => {
  const { n, d } = genesis();
  d.write(100, { seen: ['1-n', 1] });
  n.write(120);
  const r = noirmont();
  r.take(...n.messages, ...d.messages);
  expect(r.settled).toEqual(['11 noirmont.1-n:1', '11 delemont.1-d:1', '100 delemont.1-d:2']);
  const s = noirmont();
  const early = n.messages.slice();
  const late = new OriginScript('delemont', '1-d');
  late.messages.push(...d.messages.slice(0, 1));
  late.write(130); // says nothing of what it has seen
  n.write(140);
  s.take(...early, ...late.messages, ...n.messages.slice(2));
  expect(s.settled).toEqual([]); // the first own entry is not seen, so nothing after it settles
});

test('[L12] nothing settles after a start until everything of the other site is held', () => {
  const { n, d } = genesis();
  d.write(100, { seen: ['1-n', 1] });
  n.write(120);
  const r = new Reader(new Merge({ self: 'noirmont' }));
  r.take(...n.messages, ...d.messages);
  expect(r.settled).toEqual([]);
  r.note(r.merge.catchUp());
  expect(r.settled).toHaveLength(3);
});

test('[L7] held is contiguous, of an admitted epoch, and never past its lastSeq', () => {
  const { n, d } = genesis();
  const r = noirmont();
  expect(r.merge.held()).toBe(null);
  r.take(...n.messages);
  r.take(d.messages[0] as OriginMessage);
  d.write(20);
  d.write(30);
  d.write(40);
  r.take(d.messages[2] as OriginMessage);
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 1 });
  r.take(d.messages[1] as OriginMessage);
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 3 });
  const d2 = new OriginScript('delemont', '2-d');
  r.take(d2.write(60));
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 3 }); // the new epoch waits
  r.take(n.admit(70, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 3 } }]));
  expect(r.merge.held()).toEqual({ epoch: '2-d', seq: 1 });
  r.take(d.messages[3] as OriginMessage); // past the lastSeq
  expect(r.merge.held()).toEqual({ epoch: '2-d', seq: 1 });
});

test('[L11] trap: `seen` past a lastSeq counts only up to it', () => {
  const { n, d } = genesis();
  n.write(100);
  n.write(110);
  d.write(120, { seen: ['1-n', 2] });
  const n2 = new OriginScript('noirmont', '2-n');
  n2.write(130);
  const r = noirmont();
  r.take(...n.messages, ...d.messages, ...n2.messages);
  r.take(d.admit(140, [{ site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 2 } }], { seen: ['1-n', 3] }));
  expect(r.merge.unsettled().some((e) => e.epoch === '1-n' && e.seq === 3)).toBe(false);
  expect(r.moves).toBeGreaterThan(0);
  r.take(d.write(150, { seen: ['1-n', 3] }));
  expect(r.settled).toContain('100 noirmont.1-n:2');
  expect(r.settled.some((e) => e.includes('1-n:3'))).toBe(false);
  expect(r.settled.some((e) => e.includes('2-n'))).toBe(false); // the new epoch is not seen
});

test('[L11] trap: the first lastSeq in force is final, a later admit cannot move it', () => {
  const { n, d } = genesis();
  const d2 = new OriginScript('delemont', '2-d');
  const d3 = new OriginScript('delemont', '3-d');
  d.write(20);
  d.write(30);
  d2.write(50);
  d3.write(80);
  n.admit(40, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 2 } }]);
  n.admit(70, [{ site: 'delemont', epoch: '3-d', lastSeqs: { '1-d': 3, '2-d': 1 } }]);
  const r = noirmont();
  r.take(...d3.messages, ...d2.messages, ...d.messages, ...n.messages);
  const epochs = r.merge.epochs().filter((e) => e.site === 'delemont');
  expect(epochs.map((e) => [e.epoch, e.admitted, e.lastSeq])).toEqual([
    ['1-d', true, 2],
    ['2-d', true, 1],
    ['3-d', true, undefined],
  ]);
  expect(r.unsettled().filter((e) => e.includes('delemont'))).toEqual([
    '11 delemont.1-d:1',
    '20 delemont.1-d:2',
    '50 delemont.2-d:1',
    '80 delemont.3-d:1',
  ]);
});

test('[L11] trap: numbers re-used after a lost disk are told apart by their suffix', () => {
  const { n, d } = genesis();
  d.write(20);
  const again = new OriginScript('delemont', '1-x');
  again.write(15);
  n.admit(40, [{ site: 'delemont', epoch: '1-x', lastSeqs: { '1-d': 2 } }]);
  const r = noirmont();
  r.take(...again.messages, ...n.messages, ...d.messages);
  expect(r.unsettled().filter((e) => e.includes('delemont'))).toEqual([
    '11 delemont.1-d:1',
    '20 delemont.1-d:2',
    '41 delemont.1-x:1',
  ]);
});

test('[L11] trap: a both-admit that nobody confirmed admits nothing; the first that is named wins', () => {
  const { n, d } = genesis();
  const r = noirmont();
  r.take(...n.messages);
  expect(r.merge.isAdmitted('noirmont', '1-n')).toBe(false);
  const second = n.admit(
    30,
    [
      { site: 'noirmont', epoch: '1-n', lastSeqs: {} },
      { site: 'delemont', epoch: '1-d', lastSeqs: {} },
    ],
    { both: true },
  );
  r.take(second);
  expect(r.merge.isAdmitted('noirmont', '1-n')).toBe(false);
  r.take(...d.messages, d.write(40, { kind: 'ok', data: { admitEntryId: 'noirmont.1-n:2' } }));
  expect(r.merge.isAdmitted('delemont', '1-d')).toBe(true);
  expect(r.unsettled()[0]).toBe('11 noirmont.1-n:1'); // times of the first both-admit, not of the second
});

test('[L11] trap: an admit of another generation counts for nothing', () => {
  const { n, d } = genesis();
  const d2 = new OriginScript('delemont', '2-d');
  d2.write(50);
  n.write(40, {
    kind: 'admit',
    data: { generation: 'older', both: false, admits: [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } }] },
  });
  const r = noirmont();
  r.take(...n.messages, ...d.messages, ...d2.messages);
  expect(r.merge.isAdmitted('delemont', '2-d')).toBe(false);
});

test('[L11] an admit past the lastSeq of its epoch admits nothing, whatever its t', () => {
  const { n, d } = genesis();
  const d2 = new OriginScript('delemont', '2-d');
  d2.write(25);
  // Lost with Noirmont's disk before anybody else got it; the disk comes back when all is over.
  n.admit(30, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } }]);
  const n2 = new OriginScript('noirmont', '2-n');
  n2.admit(
    26,
    [
      { site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 1 } },
      { site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } },
    ],
    { both: true },
  );
  d2.write(60, { kind: 'ok', data: { admitEntryId: 'noirmont.2-n:1' } });
  const without = noirmont();
  without.take(...n.messages.slice(0, 1), ...d.messages, ...n2.messages, ...d2.messages);
  for (const arrival of [
    [...n.messages, ...d.messages, ...n2.messages, ...d2.messages],
    [...d2.messages, ...n2.messages, ...d.messages, ...n.messages],
  ]) {
    const r = noirmont();
    r.take(...arrival);
    expect([...r.settled, ...r.unsettled()]).toEqual([...without.settled, ...without.unsettled()]);
    expect(r.unsettled()).toContain('27 delemont.2-d:1'); // the base of the both-admit, not of the lost admit
  }
});

test("[L11] an own epoch that waits is live at once, the other's is held and not read", () => {
  const { n, d } = genesis();
  const n2 = new OriginScript('noirmont', '2-n');
  n2.write(1000);
  const mine = noirmont();
  const theirs = delemont();
  for (const r of [mine, theirs]) r.take(...n.messages, ...d.messages, ...n2.messages);
  expect(mine.unsettled()).toContain('1000 noirmont.2-n:1');
  expect(mine.merge.newestT).toBe(1000);
  expect(theirs.unsettled().some((e) => e.includes('2-n'))).toBe(false);
  expect(theirs.merge.newestT).toBe(11);
  const placed = mine.merge.unsettled().find((e) => e.epoch === '2-n');
  const admit = d.admit(2000, [{ site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 1 } }]);
  const [change] = mine.take(admit);
  expect(change?.moved).toBe(true);
  expect(placed?.t).toBe(logTimeUs(2001)); // the same object, at its new place
  theirs.take(admit);
  expect(theirs.unsettled()).toContain('2001 noirmont.2-n:1');
});

test('[L11] a both-admit lists closed epochs in turn, each past the end of the one before, the running ones last', () => {
  const { n, d } = genesis();
  n.write(20);
  const n2 = new OriginScript('noirmont', '2-n');
  const n3 = new OriginScript('noirmont', '3-n');
  const d2 = new OriginScript('delemont', '2-d');
  const d3 = new OriginScript('delemont', '3-d');
  n2.write(30);
  n2.write(31);
  d2.write(30);
  n3.write(40);
  const lastSeqs = { noirmont: { '1-n': 2, '2-n': 2 }, delemont: { '1-d': 1, '2-d': 1 } };
  n3.admit(
    100,
    [
      { site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 2 } },
      { site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } },
      { site: 'noirmont', epoch: '3-n', lastSeqs: lastSeqs.noirmont },
      { site: 'delemont', epoch: '3-d', lastSeqs: lastSeqs.delemont },
    ],
    { both: true },
  );
  d3.write(50);
  d3.write(110, { kind: 'ok', data: { admitEntryId: 'noirmont.3-n:2' } });
  const all = [n, d, n2, d2, n3, d3].flatMap((origin) => origin.messages);
  const r = delemont();
  r.take(...all.toReversed(), ...all);
  expect([...r.settled, ...r.unsettled()]).toEqual([
    '11 noirmont.1-n:1',
    '11 delemont.1-d:1',
    '20 noirmont.1-n:2',
    '101 noirmont.2-n:1',
    '102 noirmont.2-n:2',
    '103 delemont.2-d:1',
    '104 noirmont.3-n:1',
    '104 delemont.3-d:1',
    '105 noirmont.3-n:2',
    '110 delemont.3-d:2',
  ]);
});

test('[L8] after the other has left, one settles alone; after its return both are asked again', () => {
  const { n, d } = genesis();
  const r = noirmont();
  d.write(50, { kind: 'leave', seen: ['1-n', 1] });
  d.write(51); // nothing comes after a leave
  r.take(...n.messages, ...d.messages, n.write(60), n.write(70));
  expect(r.merge.hasLeft('delemont')).toBe(true);
  expect(r.settled.at(-1)).toBe('70 noirmont.1-n:3');
  const d2 = new OriginScript('delemont', '2-d');
  r.take(d2.write(65));
  r.take(n.admit(80, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 2 } }]));
  expect(r.merge.hasLeft('delemont')).toBe(false);
  expect(r.settled.at(-1)).toBe('80 noirmont.1-n:4');
  r.take(n.write(90), d2.write(95, { seen: ['1-n', 4] }));
  expect(r.settled.at(-1)).toBe('81 delemont.2-d:1');
  r.take(d2.write(96, { seen: ['1-n', 5] }));
  expect(r.settled.at(-1)).toBe('90 noirmont.1-n:5');
});

test('[L8] what waits at the one that returns makes room for what the other settled alone', () => {
  const { n, d } = genesis();
  const r = delemont();
  d.write(50, { kind: 'leave', seen: ['1-n', 1] });
  r.take(...n.messages, ...d.messages);
  r.note(r.merge.peerSeen({ epoch: '1-d', seq: seqOf(2) }));
  const d2 = new OriginScript('delemont', '2-d');
  r.take(d2.write(60));
  r.take(n.write(70));
  expect(r.settled.at(-1)).toBe('70 noirmont.1-n:2');
  expect(r.unsettled()).toEqual(['71 delemont.2-d:1']);
});

test('bytes that are no entry keep their sequence and have no place', () => {
  const { n, d } = genesis();
  const broken = n.write(100);
  n.messages[1] = { ...broken, entry: { ok: false, error: { kind: 'malformed-entry', detail: 'poison' } } };
  n.write(110);
  d.write(120, { seen: ['1-n', 3] });
  const r = noirmont();
  r.take(...n.messages, ...d.messages);
  expect(r.settled).toEqual(['11 noirmont.1-n:1', '11 delemont.1-d:1', '110 noirmont.1-n:3']);
});

/** Two origins of two epochs each, joined by admits, with `seen` as honest readers say it. */
function twoEpochs(steps: readonly { site: boolean; dt: number }[], restartAt: number): OriginMessage[][] {
  const { n, d } = genesis();
  const d2 = new OriginScript('delemont', '2-d');
  let t = 12;
  const half = Math.min(restartAt, steps.length);
  steps.slice(0, half).forEach(({ site, dt }) => {
    t += dt;
    if (site) n.write(t, { seen: ['1-d', d.last] });
    else d.write(t, { seen: ['1-n', n.last] });
  });
  d2.write(t);
  t += 5;
  n.admit(t, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': d.last } }], { seen: ['1-d', d.last] });
  steps.slice(half).forEach(({ site, dt }) => {
    t += dt;
    if (site) n.write(t, { seen: ['2-d', d2.last] });
    else d2.write(t, { seen: ['1-n', n.last] });
  });
  d2.write(t + 1, { seen: ['1-n', n.last] });
  n.write(t + 2, { seen: ['2-d', d2.last] });
  return [n.messages, d.messages, d2.messages];
}

const steps = fc.array(fc.record({ site: fc.boolean(), dt: fc.integer({ min: 0, max: 5 }) }), { maxLength: 40 });

test('[L8] [L9] any interleaving of the same origins ends in the same order and the same settled sequence', () => {
  fc.assert(
    fc.property(
      steps,
      fc.nat(40),
      fc.array(fc.nat(2), { minLength: 1, maxLength: 60 }),
      (script, restartAt, choices) => {
        const origins = twoEpochs(script, restartAt);
        const inTurn = noirmont();
        inTurn.take(...origins.flat());
        for (const reader of [noirmont(), delemont()]) {
          const left = origins.map((messages) => [...messages]);
          for (let i = 0; ; i++) {
            const choice = choices[i % choices.length] as number;
            const queue = left[choice]?.length ? left[choice] : left.find((messages) => messages.length > 0);
            const next = queue?.shift();
            if (next === undefined) break;
            reader.take(next);
            const before = reader.unsettled();
            expect(before).toEqual([...before].sort(byPlace));
            const common = Math.min(inTurn.settled.length, reader.settled.length);
            expect(reader.settled.slice(0, common)).toEqual(inTurn.settled.slice(0, common));
          }
          // Delémont settles its own entries as far as Noirmont has said to hold them, and says the same.
          reader.note(reader.merge.peerSeen({ epoch: '2-d', seq: seqOf(origins[2]?.length ?? 0) }));
          const both = [...inTurn.settled, ...inTurn.unsettled()];
          expect([...reader.settled, ...reader.unsettled()]).toEqual(both);
        }
      },
    ),
  );
});

test('[L13] [L7] [L8] telling the other origin at any moments changes nothing but what is live', () => {
  fc.assert(
    fc.property(
      steps,
      fc.nat(40),
      fc.array(fc.nat(5), { minLength: 1, maxLength: 80 }),
      (script, restartAt, choices) => {
        const origins = twoEpochs(script, restartAt);
        for (const make of [noirmont, delemont]) {
          const [told, plain] = [make(), make()];
          const left = origins.map((messages) => [...messages]);
          for (let i = 0; left.some((messages) => messages.length > 0); i++) {
            const choice = choices[i % choices.length] as number;
            const from = choice > 2 ? told.merge.directFrom : undefined;
            const next = from && origins.flat().find((m) => m.epoch === from.epoch && m.seq === from.seq);
            if (next !== undefined && next.site !== told.merge.self) told.note(told.merge.receiveDirect(next));
            else {
              const queue = left[choice]?.length ? left[choice] : left.find((messages) => messages.length > 0);
              const message = queue?.shift() as OriginMessage;
              told.take(message);
              plain.take(message);
            }
            expect(told.settled).toEqual(plain.settled);
            expect([told.merge.held(), told.merge.received()]).toEqual([plain.merge.held(), plain.merge.received()]);
            expect(told.merge.watermark(told.merge.self)).toBe(plain.merge.watermark(told.merge.self));
            expect(told.unsettled()).toEqual([...told.unsettled()].sort(byPlace));
            expect(told.unsettled().length - plain.unsettled().length).toBe(told.merge.directCount);
          }
          expect([told.unsettled(), told.merge.directCount]).toEqual([plain.unsettled(), 0]);
        }
      },
    ),
  );
});

test('[L9] arrival order within an epoch does not matter either', () => {
  fc.assert(
    fc.property(steps, fc.nat(40), fc.nat(), (script, restartAt, seed) => {
      const origins = twoEpochs(script, restartAt);
      const inTurn = noirmont();
      inTurn.take(...origins.flat());
      const mixed = noirmont();
      mixed.take(...shuffled(origins.flat(), seed));
      expect(mixed.settled).toEqual(inTurn.settled);
      expect(mixed.unsettled()).toEqual(inTurn.unsettled());
    }),
  );
});

test('a merge restored from its snapshot goes on as the one that made it', () => {
  fc.assert(
    fc.property(steps, fc.nat(40), fc.nat(), (script, restartAt, at) => {
      const all = twoEpochs(script, restartAt).flat();
      const whole = noirmont();
      const stop = at % (all.length + 1);
      whole.take(...all.slice(0, stop));
      const snapshot = JSON.parse(JSON.stringify(whole.merge.snapshot()));
      const before = whole.settled.length;
      whole.take(...all.slice(stop));
      const restored = new Reader(Merge.restore(snapshot));
      const from = restored.merge.readFrom();
      restored.note(restored.merge.catchUp());
      restored.take(...all.filter((m) => m.seq > (from[m.site]?.[m.epoch] ?? 0)));
      expect(restored.settled).toEqual(whole.settled.slice(before));
      expect(restored.unsettled()).toEqual(whole.unsettled());
    }),
  );
});

function byPlace(a: string, b: string): number {
  const [ta, tb] = [Number.parseInt(a, 10), Number.parseInt(b, 10)];
  return ta - tb || (a.includes('noirmont') ? -1 : 1);
}

function shuffled(messages: readonly OriginMessage[], seed: number): OriginMessage[] {
  let state = seed | 1;
  const out = [...messages];
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const k = state % (i + 1);
    [out[i], out[k]] = [out[k] as OriginMessage, out[i] as OriginMessage];
  }
  return out;
}

test('[L4] [L11] what the running epoch says sorts after own epochs that wait, whatever their numbers', () => {
  const r = noirmont();
  const back = new OriginScript('noirmont', '2-n');
  back.write(100);
  const running = new OriginScript('noirmont', '1-x');
  running.write(110);
  r.take(...running.messages, ...back.messages);
  expect(r.unsettled()).toEqual(['110 noirmont.1-x:1', '111 noirmont.2-n:1']); // nobody has said which one runs
  r.note(r.merge.runs('1-x'));
  expect(r.unsettled()).toEqual(['100 noirmont.2-n:1', '110 noirmont.1-x:1']);
  r.take(back.write(200));
  expect(r.unsettled()).toEqual(['100 noirmont.2-n:1', '200 noirmont.2-n:2', '201 noirmont.1-x:1']);
});

test('[L11] an epoch that was admitted and of which nothing has come is not called received', () => {
  const { n, d } = genesis();
  const r = delemont();
  r.take(...n.messages, ...d.messages);
  r.take(
    d.admit(50, [
      { site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 1 } },
      { site: 'noirmont', epoch: '3-n', lastSeqs: { '1-n': 1, '2-n': 4 } },
    ]),
  );
  const received = r.merge.epochs().map(({ epoch, received, lastSeq }) => [epoch, received, lastSeq]);
  expect(received.slice(0, 3)).toEqual([
    ['1-n', 1, 1],
    ['2-n', 0, 4],
    ['3-n', 0, undefined],
  ]);
});

test('[L11] while an admit is being written, what comes past the end it gives a closed epoch neither settles nor is told to be held', () => {
  const { n, d } = genesis();
  const r = noirmont();
  r.take(...n.messages, ...d.messages, n.write(20));
  r.merge.closeAt(new Map([['1-d', 1]]));
  r.take(d.write(15, { seen: ['1-n', 2] }), n.write(30)); // a copy that was under way
  expect(r.settled).toEqual(['11 noirmont.1-n:1', '11 delemont.1-d:1']);
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 1 });
  const d2 = new OriginScript('delemont', '2-d');
  r.take(
    n.admit(40, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } }]),
    d2.write(35, { seen: ['1-n', n.last] }),
  );
  expect(r.settled.slice(2)).toEqual(['20 noirmont.1-n:2', '30 noirmont.1-n:3', '40 noirmont.1-n:4']);
  expect(r.unsettled()).toEqual(['41 delemont.2-d:1']);
});
