// DESIGN 8.1: what was acknowledged `both` lies on both disks when it is said, and is settled in the end; what was acknowledged
// `site` is settled in the end while that site's disk lives (or its device brings it again). L8: what settles lies on both disks.
import { ReportBatchReader } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import { type InSequence, nameOf } from './sequence.ts';

const WITNESSES_MAX = 5;

export function checkDurability(cluster: Cluster, sequence: readonly (InSequence | undefined)[]): Violation[] {
  const settled = settledReports(sequence);
  const lost: string[] = [];
  const early: string[] = [];
  for (const ack of cluster.history.acks) {
    const said = `${ack.device} report ${ack.boot}.${ack.seq}, answered ${ack.durable} at ${ack.atMs.toFixed(0)} ms as ${nameOf(ack.at as never)}`;
    if (ack.onOneDisk) early.push(said);
    if (!settled.has(`${ack.device} ${ack.boot}.${ack.seq}`)) lost.push(said);
  }
  const alone = cluster.history.settled
    .filter((note) => note.onOneDisk)
    .map(
      ({ site, index, placed }) => `${site} settles number ${index}, ${nameOf(placed)}, which the other disk has not`,
    );
  const violations: Violation[] = [];
  const add = (why: string, witness: readonly string[]): void => {
    if (witness.length > 0) violations.push({ invariant: 'durability', why, witness: witness.slice(0, WITNESSES_MAX) });
  };
  add('an acknowledged report is lost', lost);
  add('answered `both`, and only one disk held it', early);
  add('settled, and only one disk held it', alone);
  return violations;
}

/** `<device> <boot>.<seq>` of everything in settled `reports` entries; sealing of the simulation is undone by hand. */
export function settledReports(sequence: readonly (InSequence | undefined)[]): Map<string, number> {
  const found = new Map<string, number>();
  const reader = new ReportBatchReader();
  for (const one of sequence) {
    if (one === undefined || one.placed.entry.kind !== 'reports') continue;
    for (const { bytes } of one.placed.entry.items) {
      reader.reset(bytes.map((byte) => byte - 1));
      for (let i = 0; i < reader.count; i++) {
        const name = `${reader.deviceId} ${reader.boot(i)}.${reader.seq(i)}`;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
    }
  }
  return found;
}
