import { expect, test } from 'vitest';
import { PARTITIONS_MAX, partitionOf, partitionOfCase } from './partition.ts';
import {
  POSITION_LENGTH_MAX,
  covers,
  formatPosition,
  inPartition,
  laterOf,
  ofPartition,
  parsePosition,
  withOrigin,
} from './position.ts';
import { SITES } from './site.ts';
import { seqOf } from './units.ts';

test('[L18] partitions but the first name theirs in a position; each is compared with itself', () => {
  const text = 'noirmont.3-k7f2:1841,delemont.2-q09x:977,noirmont.3-k7f2.01:5,delemont.2-q09x.03:9';
  const at = (t: string) => {
    const p = parsePosition(t);
    if (!p.ok) throw new Error(p.error.detail);
    return p.value;
  };
  expect(formatPosition(at(text))).toBe(text);
  expect(covers(at(text), at('noirmont.3-k7f2.01:5'))).toBe(true);
  expect(covers(at(text), at('noirmont.3-k7f2.01:6'))).toBe(false);
  expect(covers(at(text), at('noirmont.3-k7f2.02:1'))).toBe(false);
  expect(covers(at(text), at('noirmont.3-k7f2:1841'))).toBe(true);
  expect(formatPosition(ofPartition(at(text), 3))).toBe('delemont.2-q09x:9');
  expect(formatPosition(ofPartition(at(text), 0))).toBe('noirmont.3-k7f2:1841,delemont.2-q09x:977');
  expect(formatPosition(inPartition(at('noirmont.1-a:7'), 2))).toBe('noirmont.1-a.02:7');
  const later = laterOf(at(text), at('noirmont.3-k7f2:1,noirmont.4-b.01:1,noirmont.1-c.02:2'));
  expect(formatPosition(later)).toBe(
    'noirmont.3-k7f2:1841,delemont.2-q09x:977,noirmont.4-b.01:1,noirmont.1-c.02:2,delemont.2-q09x.03:9',
  );
  const moved = withOrigin(at('noirmont.1-a:7'), 2, 'delemont', { epoch: '1-d', seq: seqOf(3) });
  expect(formatPosition(moved)).toBe('noirmont.1-a:7,delemont.1-d.02:3');
  for (const bad of ['noirmont.1-a.16:1', 'noirmont.1-a.1:1', 'noirmont.1-a.01:1,noirmont.1-a.01:2'])
    expect(parsePosition(bad).ok).toBe(false);
  const longest = SITES.map((site) => `${site}.999999999-${'z'.repeat(16)}.15:${'9'.repeat(15)}`).join(',');
  expect(parsePosition(longest).ok).toBe(true);
  expect(longest.length * PARTITIONS_MAX).toBeLessThanOrEqual(POSITION_LENGTH_MAX);
});

test('[L1] a measure lies in the partition that its random digits name, whatever the time of its making', () => {
  const made = Array.from({ length: 400 }, (_, i) => `018f00000000${(i * 0x9e3779b1).toString(16).padStart(20, '0')}`);
  expect(new Set(made.map((measure) => partitionOf(measure, 1)))).toEqual(new Set([0]));
  const counts = [0, 0, 0, 0];
  for (const measure of made) counts[partitionOf(measure, 4)] = (counts[partitionOf(measure, 4)] ?? 0) + 1;
  for (const count of counts) expect(count).toBeGreaterThan(60);
  // Where the cases of a log lie must never change: frozen.
  expect(['JU-2026-1', 'BE-2026-77', 'é'].map((caseId) => partitionOfCase(caseId, 4))).toEqual([3, 2, 0]);
  expect(partitionOf('018f2a6b1c3d0123456789abcdef0123', 4)).toBe(3);
});
