// Found: a generation with one member, what of the earlier one has a place, and the return of the site that was taken for lost.
import { type AdmitData, seqOf } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OriginScript, Reader, foundOf, genesis } from '../testing/origin-script.ts';
import type { OriginMessage } from '../types.ts';
import { Merge } from './merge.ts';

const reader = (self: 'noirmont' | 'delemont', caughtUp = true): Reader => {
  const made = new Reader(new Merge({ self }));
  if (caughtUp) made.note(made.merge.catchUp());
  return made;
};

test('[L8] after a founding the survivor settles alone, from the fold of everything in the vector, though it has not caught up', () => {
  const { n, d } = genesis();
  d.write(40);
  n.write(50);
  const r = reader('noirmont', false);
  r.take(...n.messages, ...d.messages);
  expect(r.settled).toEqual([]);
  r.take(n.write(60, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 2 }) }), n.write(70));
  expect(r.settled).toEqual([
    '11 noirmont.1-n:1',
    '11 delemont.1-d:1',
    '40 delemont.1-d:2',
    '50 noirmont.1-n:2',
    '60 noirmont.1-n:3',
    '70 noirmont.1-n:4',
  ]);
  expect([r.merge.generation, r.merge.isRetired('delemont'), r.merge.hasLeft('delemont')]).toEqual(['1-g', true, true]);
});

test('[L11] past the vector nothing has a place, and its admits count for nothing, at either site', () => {
  const { n, d } = genesis();
  d.write(20, { seen: ['1-n', 1] });
  const n2 = new OriginScript('noirmont', '2-n');
  n2.write(45);
  // Written at the lost site, never heard at the survivor.
  d.admit(30, [{ site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 1 } }]);
  n2.write(60, {
    kind: 'found',
    data: foundOf(
      'noirmont',
      { 'noirmont.1-n': 1, 'delemont.1-d': 2 },
      { admits: [{ site: 'noirmont', epoch: '2-n', lastSeqs: {} }] },
    ),
  });
  const expected = [
    '11 noirmont.1-n:1',
    '11 delemont.1-d:1',
    '20 delemont.1-d:2',
    '61 noirmont.2-n:1',
    '62 noirmont.2-n:2',
  ];
  for (const r of [reader('noirmont'), reader('delemont')]) {
    r.merge.beginReading();
    r.take(...n.messages, ...d.messages, ...n2.messages);
    r.note(r.merge.endReading());
    expect([...r.settled, ...r.unsettled()]).toEqual(expected);
    expect(r.merge.epochs().find((e) => e.epoch === '1-d')?.lastSeq).toBe(2);
  }
});

test('[L11] an `ok` in an epoch of which the survivor had heard nothing counts for nothing, though the vector does not name it', () => {
  const { n, d } = genesis();
  const n2 = new OriginScript('noirmont', '2-n');
  const d2 = new OriginScript('delemont', '2-d');
  const waiting: AdmitData['admits'] = [
    { site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 1 } },
    { site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } },
  ];
  n2.admit(20, waiting, { both: true });
  // Written at the lost site, never heard at the survivor.
  d2.write(21, { kind: 'ok', data: { admitEntryId: 'noirmont.2-n:1' } });
  n2.write(60, {
    kind: 'found',
    data: foundOf(
      'noirmont',
      { 'noirmont.1-n': 1, 'delemont.1-d': 1 },
      { admits: [{ site: 'noirmont', epoch: '2-n', lastSeqs: {} }] },
    ),
  });
  // The line is back, and the survivor has admitted what it had not known.
  n2.admit(70, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } }], { generation: '1-g', seen: ['2-d', 1] });
  const expected = ['11 noirmont.1-n:1', '11 delemont.1-d:1', '61 noirmont.2-n:1', '62 noirmont.2-n:2'];
  for (const r of [reader('noirmont'), reader('delemont')]) {
    r.take(...n.messages, ...d.messages, ...d2.messages, ...n2.messages);
    expect([...r.settled, ...r.unsettled()]).toEqual([...expected, '70 noirmont.2-n:3', '71 delemont.2-d:1']);
  }
});

test('[L11] what waits is admitted by the founding in turn, of both sites, the running epoch last', () => {
  const { n, d } = genesis();
  const d2 = new OriginScript('delemont', '2-d');
  const n2 = new OriginScript('noirmont', '2-n');
  const n3 = new OriginScript('noirmont', '3-n');
  d2.write(25);
  n2.write(26);
  n3.write(27);
  n3.write(100, {
    kind: 'found',
    data: foundOf(
      'noirmont',
      { 'noirmont.1-n': 1, 'noirmont.2-n': 1, 'delemont.1-d': 1, 'delemont.2-d': 1 },
      {
        admits: [
          { site: 'noirmont', epoch: '2-n', lastSeqs: {} },
          { site: 'delemont', epoch: '2-d', lastSeqs: {} },
          { site: 'noirmont', epoch: '3-n', lastSeqs: {} },
        ],
      },
    ),
  });
  const r = reader('noirmont');
  r.take(...n3.messages, ...d2.messages, ...n2.messages, ...n.messages, ...d.messages);
  expect(r.settled.slice(2)).toEqual([
    '101 noirmont.2-n:1',
    '102 delemont.2-d:1',
    '103 noirmont.3-n:1',
    '104 noirmont.3-n:2',
  ]);
  expect(r.merge.isRetired('delemont')).toBe(true); // its old epoch does not bring it back
});

test('[L11] in a generation with one member a site admits itself; with two it does not', () => {
  const { n, d } = genesis();
  n.write(60, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 1 }) });
  const n2 = new OriginScript('noirmont', '2-n');
  n2.admit(80, [{ site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 2 } }], { generation: '1-g' });
  const r = reader('noirmont', false);
  r.take(...n.messages, ...d.messages, ...n2.messages, n2.write(90));
  expect(r.settled.slice(-2)).toEqual(['81 noirmont.2-n:1', '90 noirmont.2-n:2']);
  const without = reader('noirmont');
  without.take(...n.messages.slice(0, 1), ...d.messages, ...n2.messages);
  expect(without.merge.isAdmitted('noirmont', '2-n')).toBe(false);
});

test('[L7] [L8] the lost site returns with a new epoch in the new generation, and both are asked again', () => {
  const { n, d } = genesis();
  d.write(40);
  d.write(41); // never came over
  n.write(60, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 2 }) });
  const d2 = new OriginScript('delemont', '2-d');
  d2.write(70);
  n.admit(80, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 2 } }], { generation: '1-g' });
  n.write(90);
  const atN = reader('noirmont');
  const atD = reader('delemont');
  for (const r of [atN, atD]) r.take(...d.messages, ...n.messages, ...d2.messages);
  expect(atN.merge.isRetired('delemont')).toBe(false);
  expect(atN.settled.at(-1)).toBe('81 delemont.2-d:1'); // the own one at 90 needs `seen` again
  expect(atD.settled.at(-1)).toBe('80 noirmont.1-n:3');
  expect(atD.settled.some((e) => e.includes('1-d:3'))).toBe(false);
  const more = d2.write(95, { seen: ['1-n', 4] });
  for (const r of [atN, atD]) r.take(more);
  expect(atN.settled.at(-1)).toBe('90 noirmont.1-n:4');
});

test('[L11] trap: an admit that the survivor wrote for the older generation counts for nothing after the founding', () => {
  const { n, d } = genesis();
  n.write(60, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 1 }) });
  const d2 = new OriginScript('delemont', '2-d');
  d2.write(70);
  n.admit(80, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 } }]);
  const r = reader('noirmont');
  r.take(...n.messages, ...d.messages, ...d2.messages);
  expect(r.merge.isAdmitted('delemont', '2-d')).toBe(false);
});

test('[L8] a founding is waited for until everything that its vector covers is here', () => {
  const { n, d } = genesis();
  d.write(40);
  n.write(60, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 2 }) });
  n.write(70);
  const r = reader('delemont'); // its disk was lost: its own entries come back from the other site
  r.take(...n.messages, ...d.messages.slice(0, 1));
  expect(r.merge.generation).toBe('genesis');
  r.take(...d.messages.slice(1));
  expect(r.merge.generation).toBe('1-g');
  expect(r.settled.at(-1)).toBe('70 noirmont.1-n:3');
});

test('[L17] when both have founded, each goes by its own until one is given up', () => {
  const { n, d } = genesis();
  const common = [...n.messages, ...d.messages];
  n.write(60, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 1 }, { generation: '1-n' }) });
  d.write(61, { kind: 'found', data: foundOf('delemont', { 'noirmont.1-n': 1 }, { generation: '1-d' }) });
  const atN = reader('noirmont');
  const atD = reader('delemont');
  for (const r of [atN, atD]) {
    r.merge.beginReading();
    r.take(...common, ...n.messages.slice(1), ...d.messages.slice(1));
    r.note(r.merge.endReading());
  }
  expect([atN.merge.generation, atN.merge.rival]).toEqual(['1-n', '1-d']);
  expect([atD.merge.generation, atD.merge.rival]).toEqual(['1-d', '1-n']);
  d.write(70, { kind: 'found', data: { yields: '1-d', to: '1-n', by: 'sre' } });
  const again = reader('delemont');
  again.merge.beginReading();
  for (const r of [again, atN]) r.take(...n.messages, ...d.messages);
  again.note(again.merge.endReading());
  expect([again.merge.generation, again.merge.rival]).toEqual(['1-n', undefined]);
  expect(atN.merge.rival).toBe(undefined);
  expect([...again.settled, ...again.unsettled()]).toEqual([...atN.settled, ...atN.unsettled()]);
});

test('[L7] while a founding is being written, what is told to be held does not pass its vector', () => {
  const { n, d } = genesis();
  const r = reader('noirmont');
  r.take(...n.messages, ...d.messages);
  r.merge.holdAt(new Map([['1-d', 1]]));
  r.take(d.write(20), d.write(30));
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 1 });
  r.merge.holdAt(undefined);
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 3 });
});

test('[L8] until a founding is read, what the other site wrote past its vector does not settle at the survivor', () => {
  const { n, d } = genesis();
  const r = reader('noirmont');
  r.take(...n.messages, ...d.messages, n.write(20));
  r.merge.holdAt(new Map([['1-d', 1]])); // `found` is stored, and the line is back before it is read
  r.take(d.write(15), d.write(30, { seen: ['1-n', 2] }));
  expect(r.settled).toEqual(['11 noirmont.1-n:1', '11 delemont.1-d:1']);
  r.take(n.write(40, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 1 }) }));
  expect(r.settled.slice(2)).toEqual(['20 noirmont.1-n:2', '40 noirmont.1-n:3']);
});

test('[L8] [L11] until a founding is read, an `ok` past its vector confirms nothing that settles, also when the log is read again', () => {
  const { n, d } = genesis();
  const ok = d.messages.at(0) as OriginMessage;
  // The line was cut before the `ok` came over: the vector names an epoch that nothing is known of.
  const found = foundOf(
    'noirmont',
    { 'delemont.1-d': 0 },
    { admits: [{ site: 'noirmont', epoch: '1-n', lastSeqs: {} }] },
  );
  const running = reader('noirmont');
  running.take(n.messages[0] as OriginMessage);
  running.merge.holdAt(new Map([['1-d', 0]]));
  running.take(ok, d.write(30, { seen: ['1-n', 1] }));
  expect(running.settled).toEqual([]);
  const again = reader('noirmont');
  again.merge.beginReading();
  again.take(n.messages[0] as OriginMessage, ...d.messages);
  expect(again.settled).toEqual([]);
  const written = new OriginScript('noirmont', '1-n');
  written.messages.push(n.messages[0] as OriginMessage);
  const last = written.write(40, { kind: 'found', data: found });
  for (const r of [running, again]) r.take(last);
  again.note(again.merge.endReading());
  for (const r of [running, again]) expect(r.settled).toEqual(['41 noirmont.1-n:1', '42 noirmont.1-n:2']);
});

test('[L8] a founding that was not written holds nothing back any more', () => {
  const { n, d } = genesis();
  const r = reader('noirmont');
  r.take(...n.messages, ...d.messages, n.write(20));
  r.merge.holdAt(new Map([['1-d', 1]]));
  r.take(d.write(15), d.write(30, { seen: ['1-n', 2] }));
  r.merge.holdAt(undefined);
  r.take(n.write(40));
  expect(r.settled.slice(2)).toEqual(['15 delemont.1-d:2', '20 noirmont.1-n:2', '30 delemont.1-d:3']);
});

test('a header that names no old place is passed over', () => {
  const { n, d } = genesis();
  const r = reader('noirmont');
  for (const from of [null, 7, {}, { site: 'noirmont', epoch: '1-n', seq: 'x' }]) {
    const message = n.write(100 + n.last);
    if (message.entry.ok) Object.assign(message.entry.value, { from });
  }
  r.take(...n.messages, ...d.messages);
  expect(r.unsettled()).toHaveLength(6);
  expect(r.merge.rewritten('1-n')).toBe(0);
});

/** Everything that both sites of a founding and a return have written. */
function foundedAndBack(lost: number, beyond: number, alone: number): OriginMessage[][] {
  const { n, d } = genesis();
  let t = 20;
  for (let i = 0; i < lost; i++) d.write((t += 3), { seen: ['1-n', n.last] });
  for (let i = 0; i < beyond; i++) d.write(t + i);
  n.write(++t);
  n.write(++t, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 1 + lost }) });
  for (let i = 0; i < alone; i++) n.write((t += 2));
  const n2 = new OriginScript('noirmont', '2-n');
  n2.write(++t);
  n2.admit(++t, [{ site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': n.last } }], { generation: '1-g' });
  const d2 = new OriginScript('delemont', '2-d');
  d2.write(t - 5);
  n2.admit(++t, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 1 + lost } }], { generation: '1-g' });
  d2.write((t += 5), { seen: ['2-n', n2.last] });
  n2.write(++t, { seen: ['2-d', 2] });
  d2.write(++t, { seen: ['2-n', n2.last] });
  return [n.messages, d.messages, n2.messages, d2.messages];
}

test('[L8] [L9] any interleaving of a founding and a return settles the same at both sites, also from a snapshot', () => {
  fc.assert(
    fc.property(
      fc.nat(4),
      fc.nat(4),
      fc.nat(4),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
      fc.nat(40),
      (lost, beyond, alone, choices, snapshotAt) => {
        const origins = foundedAndBack(lost, beyond, alone);
        const inTurn = reader('noirmont');
        inTurn.take(...origins.flat());
        for (const self of ['noirmont', 'delemont'] as const) {
          let r = reader(self);
          r.merge.beginReading();
          const settled: string[] = [];
          const left = origins.map((messages) => [...messages]);
          for (let i = 0; ; i++) {
            const queue = left[choices[i % choices.length] as number];
            const next = (queue?.length ? queue : left.find((messages) => messages.length > 0))?.shift();
            if (next === undefined) break;
            r.take(next);
            if (i !== snapshotAt) continue;
            settled.push(...r.settled);
            const snapshot = JSON.parse(JSON.stringify(r.merge.snapshot()));
            r = new Reader(Merge.restore(snapshot));
            const from = r.merge.readFrom();
            for (const messages of left) messages.length = 0;
            origins.forEach((messages, k) =>
              left[k]?.push(...messages.filter((m) => m.seq > (from[m.site]?.[m.epoch] ?? 0))),
            );
            r.merge.beginReading();
            r.note(r.merge.catchUp());
          }
          settled.push(...r.settled);
          const ends = new Map([
            ['noirmont', ['2-n', origins[2]?.length]],
            ['delemont', ['2-d', origins[3]?.length]],
          ]);
          const [epoch, seq] = ends.get(self) as [string, number];
          const before = r.settled.length;
          r.note(r.merge.endReading());
          r.note(r.merge.peerSeen({ epoch, seq: seqOf(seq) }));
          settled.push(...r.settled.slice(before));
          const whole = [...inTurn.settled, ...inTurn.unsettled()];
          expect([...settled, ...r.unsettled()]).toEqual(whole);
          expect(r.merge.generation).toBe('1-g');
        }
      },
    ),
  );
});
