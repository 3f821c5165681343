import { seqOf } from '@vigie/model';
import { beforeEach, expect, test } from 'vitest';
import { ManualTime } from '../time.ts';
import type { PeerEvent } from '../types.ts';
import { HEARD_WITHIN_MS, PeerLine } from './peer-line.ts';
import { decodePlain } from './plain-message.ts';

let time: ManualTime;
let passes: { toB: boolean; toA: boolean };
let sentByA: Uint8Array[];
let a: PeerLine;
let b: PeerLine;
let atA: PeerEvent[];

beforeEach(() => {
  time = new ManualTime();
  passes = { toB: false, toA: true }; // the other is not there yet when the first speaks
  sentByA = [];
  atA = [];
  a = new PeerLine({
    time,
    epoch: '1-a',
    send: (bytes) => {
      sentByA.push(bytes);
      if (passes.toB) b.take(bytes);
    },
  });
  b = new PeerLine({ time, epoch: '1-b', send: (bytes) => passes.toA && a.take(bytes) });
  passes.toB = true;
  a.onEvent((event) => atA.push(event));
});

const joined = (): [boolean, boolean] => [a.state().joined, b.state().joined];
/** Each has admitted the other's running epoch and holds its first entry. */
function admitted(): void {
  time.advance(500);
  a.reportHeld({ epoch: '1-b', seq: seqOf(1) });
  b.reportHeld({ epoch: '1-a', seq: seqOf(1) });
  time.advance(10);
}

test('[L7] sites hear each other once each has heard that it is heard', () => {
  expect(a.state().reachable).toBe(false);
  time.advance(500);
  expect(a.state()).toMatchObject({ epoch: '1-b', reachable: true, clockSkewMs: 0 });
});

test('[L7] sites are joined once each sees what the other writes in the epoch that it runs, and not while one waits for its admit', () => {
  time.advance(500);
  expect(joined()).toEqual([false, false]);
  a.reportHeld({ epoch: '1-b', seq: seqOf(1) });
  time.advance(10);
  expect(joined()).toEqual([false, false]); // nobody has seen anything of 1-a
  b.reportHeld({ epoch: '1-a', seq: seqOf(1) });
  time.advance(10);
  expect(joined()).toEqual([true, true]);
  b.run('2-b');
  time.advance(500);
  expect(joined()).toEqual([false, false]);
  expect(a.state().reachable).toBe(true);
  a.reportHeld({ epoch: '2-b', seq: seqOf(1) });
  time.advance(10);
  expect(joined()).toEqual([true, true]);
});

test('[L7] a one-way cut is apart at both within a second and a bit, and a heal joins again', () => {
  admitted();
  for (const way of ['toA', 'toB'] as const) {
    time.advance(1000);
    expect(joined()).toEqual([true, true]);
    passes[way] = false;
    time.advance(HEARD_WITHIN_MS + 250);
    expect(joined()).toEqual([false, false]);
    passes[way] = true;
  }
  time.advance(1000);
  expect(joined()).toEqual([true, true]);
});

test('[L7] after a cut sites are joined once the other holds what was written in it', () => {
  a.stored('1-a', 1);
  admitted();
  passes.toB = false;
  time.advance(HEARD_WITHIN_MS + 250);
  a.stored('1-a', 100);
  passes.toB = true;
  time.advance(500);
  expect(a.state()).toMatchObject({ reachable: true, joined: false });
  b.reportHeld({ epoch: '1-a', seq: seqOf(99) });
  time.advance(10);
  a.stored('1-a', 101);
  expect(a.state().joined).toBe(false);
  b.reportHeld({ epoch: '1-a', seq: seqOf(100) });
  time.advance(10);
  expect(a.state().joined).toBe(true); // what has been written since is on its way, as ever
});

test('[L7] sites that hear each other are apart when `seen` of the running epoch stands still for a second', () => {
  a.stored('1-a', 1);
  time.advance(2000);
  admitted();
  expect(joined()).toEqual([true, true]);
  a.stored('1-a', 2);
  time.advance(900);
  expect(a.state().joined).toBe(true);
  time.advance(400);
  expect(joined()).toEqual([false, true]);
  expect(a.state().reachable).toBe(true);
  b.reportHeld({ epoch: '1-a', seq: seqOf(2) });
  time.advance(10);
  expect(a.state().joined).toBe(true);
  expect(atA.filter((event) => event.kind === 'line').map((event) => event.holds)).toEqual([true, false, true]);
});

test('[L7] an acknowledgement that comes after `seen` leaves nothing pending', () => {
  admitted();
  a.stored('1-a', 1);
  time.advance(5000);
  expect(a.state().joined).toBe(true);
});

test('[L7] `seen` travels at once, then at most every 5 ms, and never backwards', () => {
  time.advance(500);
  sentByA.length = 0;
  for (let seq = 1; seq <= 200; seq++) {
    a.reportHeld({ epoch: '1-b', seq: seqOf(seq) });
    time.advance(1);
  }
  expect(sentByA.length).toBeGreaterThanOrEqual(40);
  expect(sentByA.length).toBeLessThanOrEqual(45);
  a.reportHeld({ epoch: '1-b', seq: seqOf(7) });
  time.advance(300);
  const said = sentByA.map((bytes) => decodePlain(bytes)?.seen?.seq);
  expect(said.at(-1)).toBe(200);
  expect(said).toEqual([...said].sort((x, y) => (x ?? 0) - (y ?? 0)));
});

test('[L14] whenSeen answers at the moment it is said, at its time, and at once when the line is lost', async () => {
  time.advance(500);
  const first = a.whenSeen('1-a', seqOf(1), 250);
  const second = a.whenSeen('1-a', seqOf(2), 250);
  const third = a.whenSeen('1-a', seqOf(3), 60_000);
  b.reportHeld({ epoch: '1-a', seq: seqOf(1) });
  time.advance(1);
  expect(await first).toBe(true);
  time.advance(250);
  expect(await second).toBe(false);
  passes.toA = false;
  time.advance(2000);
  expect(await third).toBe(false);
  expect(await a.whenSeen('1-a', seqOf(4), 60_000)).toBe(false);
});

test('[L7] what was seen of an earlier epoch says nothing of the one that runs now', async () => {
  time.advance(500);
  b.reportHeld({ epoch: '1-a', seq: seqOf(9) });
  time.advance(10);
  a.run('2-a');
  const waits = a.whenSeen('2-a', seqOf(1), 100);
  time.advance(100);
  expect(await waits).toBe(false);
  b.reportHeld({ epoch: '2-a', seq: seqOf(1) });
  time.advance(10);
  expect(await a.whenSeen('2-a', seqOf(1), 0)).toBe(true);
});

test('bytes that are no plain message are passed over', () => {
  passes.toA = false;
  time.advance(1000);
  for (const text of ['', '{', '[]', '{"v":2}', '{"v":1,"epoch":"x","seen":null,"atUs":1,"heard":null}']) {
    expect(decodePlain(new TextEncoder().encode(text))).toBeUndefined();
    a.take(new TextEncoder().encode(text));
  }
  expect(a.state().heardAgoMs).toBe(1000); // the greeting of the start, and nothing since
});
