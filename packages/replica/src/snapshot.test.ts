// Which snapshots are read: those of this version, and those of the two before, whose log may lie in archives only.
import { expect, test } from 'vitest';
import { type SnapshotHeader, SNAPSHOT_VERSION, casesPart, decodeSnapshot, endPart, headerPart } from './snapshot.ts';

const header = (version: number) => ({ version, digest: 'x' }) as SnapshotHeader;
const cases = [
  { measure: 'a'.repeat(32), row: undefined, digest: 'b'.repeat(64), bytes: new Uint8Array([1, 2, 3]) },
  {
    measure: 'c'.repeat(32),
    row: { caseId: 'JU-1', authority: 'JU', devices: [] },
    digest: 'd'.repeat(64),
    bytes: new Uint8Array(0),
  },
];

test('this version and the two before are read, others are not', async () => {
  for (const [version, isRead] of [
    [SNAPSHOT_VERSION - 3, false],
    [SNAPSHOT_VERSION - 2, true],
    [SNAPSHOT_VERSION - 1, true],
    [SNAPSHOT_VERSION, true],
    [SNAPSHOT_VERSION + 1, false],
  ] as const) {
    const decoded = await decodeSnapshot([headerPart(header(version)), casesPart(cases), endPart(cases.length)]);
    expect(decoded.ok ? decoded.value.cases : undefined).toEqual(isRead ? cases : undefined);
  }
});
