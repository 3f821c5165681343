// Promise 1 (docs/ARCHITECTURE.md): what was acknowledged `both` lies on both disks when it is said, and is settled in the end, whatever site loses its disk;
// what was acknowledged `site` is settled in the end while that site's disk or the device's memory lives. L8: what settles lies on both.
import { ReportBatchReader, SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { AckNote } from '../history.ts';
import type { Violation } from './check.ts';
import { type InSequence, nameOf } from './sequence.ts';

const WITNESSES_MAX = 5;

export function checkDurability(cluster: Cluster, sequence: readonly (InSequence | undefined)[]): Violation[] {
  const settled = settledReports(sequence);
  const lost: string[] = [];
  const early: string[] = [];
  const { options, lostDisk } = cluster;
  for (const ack of cluster.history.acks) {
    const said = `${ack.device} report ${ack.boot}.${ack.seq}, answered ${ack.durable} at ${ack.atMs.toFixed(0)} ms as ${nameOf(ack.at as never)}`;
    if (ack.onOneDisk) early.push(said);
    // With a measure that has ended nobody takes a kept report any more: it lies in the device's memory.
    const isKept = cluster.devices.some((device) => device.keepsOf(ack.device, ack.seq));
    const isExcused = ack.durable === 'site' && (isKept || (options.forgetful === true && lostDisk[ack.at.site]));
    const isThere = settled.has(`${ack.device} ${ack.boot}.${ack.seq}`) && isKnown(cluster, ack);
    if (!isExcused && !isThere) lost.push(said);
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

/** What had settled and is in no site's state in the end is lost all the same. */
function isKnown(cluster: Cluster, { device, boot, seq }: AckNote): boolean {
  const person = cluster.people.find(({ deviceId }) => deviceId === device);
  if (person === undefined) return false;
  return SITES.some((site) => {
    const { replica } = cluster.sites[site];
    // Of a measure that has ended nothing more is applied; of an erased one nothing is known.
    if (replica === undefined || replica.erased(person.measure) || replica.caseView(person.measure)?.ended === true)
      return true;
    return replica.knowsReport(person.measure, device, boot, seq);
  });
}

/** `<device> <boot>.<seq>` of everything in settled `reports` entries, with the number of the first; sealing is undone by hand. */
export function settledReports(sequence: readonly (InSequence | undefined)[]): Map<string, number> {
  const found = new Map<string, number>();
  const reader = new ReportBatchReader();
  for (const [index, one] of sequence.entries()) {
    if (one === undefined || one.placed.entry.kind !== 'reports') continue;
    for (const { bytes } of one.placed.entry.items) {
      reader.reset(bytes.map((byte) => byte - 1));
      for (let i = 0; i < reader.count; i++) {
        const name = `${reader.deviceId} ${reader.boot(i)}.${reader.seq(i)}`;
        if (!found.has(name)) found.set(name, index);
      }
    }
  }
  return found;
}
