import { fail, seqOf } from '@vigie/model';
import { expect, test } from 'vitest';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { OneFold } from './testing/one-fold.ts';
import { ScriptedOrigins } from './testing/scripted-origins.ts';
import { TestKeys } from './testing/two-sites.ts';

const START_US = 1_800_000_000_000_000;
const keys = new TestKeys();

/** A case and forty reports of it within one second, each seen and ordered by the other site before the next. */
function written(): { origins: ScriptedOrigins; items: number } {
  const origins = new ScriptedOrigins();
  let t = START_US;
  origins.write('noirmont', t, caseDraft(keys, 1), origins.end('delemont'));
  for (let seq = 1; seq <= 40; seq++) {
    t += 10_000;
    origins.write('delemont', t, { kind: 'heartbeat', items: [] }, origins.end('noirmont'));
    const said = { atMs: t / 1000, seq, ...(seq % 7 < 3 ? INSIDE : OUTSIDE) };
    origins.write('noirmont', t + 5_000, reportsDraft(keys, [[1, [said]]]), origins.end('delemont'));
  }
  t += 10_000;
  origins.write('delemont', t, { kind: 'heartbeat', items: [] }, origins.end('noirmont'));
  return { origins, items: 41 };
}
/** In merged order, as when arrival order is merged order. */
function inOrder(origins: ScriptedOrigins) {
  const timeOf = (message: { entry: { ok: boolean; value?: { t: number } } }) => message.entry.value?.t ?? 0;
  return [...origins.messages.noirmont, ...origins.messages.delemont].sort(
    (a, b) => timeOf(a as never) - timeOf(b as never),
  );
}

test('[L9] when arrival order is merged order, settling promotes the live result: each item is evaluated once', () => {
  const { origins, items } = written();
  const one = new OneFold('noirmont');
  let ahead = 0;
  for (const message of inOrder(origins)) {
    one.take(message);
    one.fold.turn();
    ahead = Math.max(ahead, one.fold.context.tails.size);
  }
  expect(ahead).toBe(1);
  expect(one.fold.context.tails.size).toBe(0);
  expect(one.settled.filter((entry) => entry.entry.items.length > 0)).toHaveLength(items);
  expect(one.fold.context.evaluator.count).toBe(items);
});

test('[L9] an entry that arrives behind refolds its own case and no other', () => {
  const origins = new ScriptedOrigins();
  for (const n of [1, 2, 3]) origins.write('noirmont', START_US + n, caseDraft(keys, n), origins.end('delemont'));
  origins.write(
    'noirmont',
    START_US + 50_000,
    reportsDraft(
      keys,
      [1, 2, 3].map((n) => [n, [{ atMs: START_US / 1000 + 50, seq: 1 }]]),
    ),
    null,
  );
  origins.write('delemont', START_US + 40_000, reportsDraft(keys, [[2, [{ atMs: START_US / 1000 + 40, seq: 9 }]]]), {
    epoch: '1-n',
    seq: seqOf(4),
  });
  const one = new OneFold('noirmont');
  const { noirmont, delemont } = origins.messages;
  for (const message of [...noirmont.slice(0, 4), ...delemont.slice(0, 1), ...noirmont.slice(4)]) one.take(message);
  one.fold.turn();
  const before = one.fold.context.evaluator.count;
  for (const message of delemont.slice(1)) one.take(message);
  one.fold.turn();
  // Case 2 anew: the case, the report that came behind, the one that it had.
  expect(one.fold.context.evaluator.count - before).toBeLessThanOrEqual(3);
  expect(one.engine.view('2'.padStart(32, '0'))?.devices[0]?.reports).toBe(2);
});

test('[L8] a key that is missing while the past is read: live goes on around it, settled state waits, and both go on when it comes', () => {
  const origins = new ScriptedOrigins();
  for (const n of [1, 2]) origins.write('noirmont', START_US + n, caseDraft(keys, n), origins.end('delemont'));
  let t = START_US;
  for (let seq = 1; seq <= 20; seq++) {
    t += 10_000;
    const n = seq === 10 ? 2 : 1;
    origins.write('noirmont', t, reportsDraft(keys, [[n, [{ atMs: t / 1000, seq }]]]), origins.end('delemont'));
    origins.write('delemont', t + 5_000, { kind: 'heartbeat', items: [] }, origins.end('noirmont'));
  }
  const held = new TestKeys();
  let missing = true;
  const open: TestKeys['open'] = (measure, bytes) =>
    missing && measure === measureOf(2) ? fail('key-missing', measure) : held.open(measure, bytes);
  const one = new OneFold('noirmont', undefined, { open });
  one.fold.beginPast();
  for (const message of inOrder(origins)) one.take(message);
  while (!one.fold.turn(1));
  expect(one.engine.view(measureOf(1))?.devices[0]?.reports).toBe(19);
  expect(one.fold.context.waiting).toBe(2);
  expect(one.settled.filter((entry) => entry.entry.items.length > 0)).toHaveLength(1);
  missing = false;
  one.fold.context.keyArrived(measureOf(2));
  while (!one.fold.turn(1));
  expect(one.settled).toHaveLength(one.told);
  expect(one.engine.view(measureOf(2))?.devices[0]?.reports).toBe(1);
  expect(one.fold.context.tails.size).toBe(0);
  // Nothing is ahead any more: what follows is folded once again.
  const before = one.fold.context.evaluator.count;
  for (let seq = 21; seq <= 30; seq++) {
    t += 10_000;
    origins.write('noirmont', t, reportsDraft(keys, [[1, [{ atMs: t / 1000, seq }]]]), origins.end('delemont'));
    origins.write('delemont', t + 5_000, { kind: 'heartbeat', items: [] }, origins.end('noirmont'));
  }
  for (const message of inOrder(origins).slice(-20)) one.take(message);
  while (!one.fold.turn(1));
  expect(one.fold.context.evaluator.count - before).toBe(10);
  expect(one.fold.context.tails.size).toBe(0);
});
