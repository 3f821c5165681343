// The digest of one case: everything that `CaseState.save` writes, as 128 bits. What changes seldom (decisions, incidents, closed reports)
// is hashed once; a report costs its own record and the numbers of its devices.
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { StateHash } from './state-hash.ts';

const hash = new StateHash();

/** Valid until the next case. What the quiet way has left must be settled. */
export function hashOfCase(c: CaseState): StateHash {
  const decided = c.hashOfDecided();
  c.incidents.hashRecords();
  hash.start();
  hash.text(c.measure);
  hash.lanes(decided);
  c.incidents.hashInto(hash);
  hash.word(c.idempotent.length);
  for (const { client, key, bodyHash, entryId, t } of c.idempotent) {
    hash.text(client);
    hash.text(key);
    hash.text(bodyHash);
    hash.text(entryId);
    hash.f64(t);
  }
  hash.word(c.entryIds.length);
  for (const id of c.entryIds) hash.text(id);
  hash.word(c.devices.length);
  for (const d of c.devices) addDevice(d);
  hash.word(c.pairs.length);
  for (const pair of c.pairs) {
    hash.text(pair.instance.key);
    hash.text(pair.wearer.deviceId);
    hash.f64s(pair.now);
    hash.f64s(pair.base);
  }
  return hash;
}

function addDevice(d: DeviceState): void {
  hash.text(d.deviceId);
  hash.word((d.role === 'wearer' ? 1 : 0) | (d.boundTo === 'noirmont' ? 2 : 0));
  hash.word((d.strapOpen ? 1 : 0) | (d.caseOpen ? 2 : 0));
  hash.f64(d.floorMs);
  hash.f64(d.lastReportUs);
  hash.f64(d.obsAtLast);
  hash.f64(d.reports);
  hash.f64(d.batteryPct);
  hash.f64(d.batteryAt);
  hash.f64(d.strapAt);
  hash.f64(d.caseAt);
  hash.f64(d.jammedSince);
  hash.f64(d.jammingAt);
  const { anchor } = d;
  hash.f64(anchor?.at ?? -1);
  hash.word(anchor?.latE7 ?? 0);
  hash.word(anchor?.lonE7 ?? 0);
  hash.word(anchor?.accuracyMm ?? 0);
  hash.word(d.runs.runs.length);
  for (const run of d.runs.runs) {
    hash.f64(run.boot);
    hash.f64(run.first);
    hash.f64(run.last);
  }
  hash.words(d.stale);
  hash.f64s(d.rows);
  hash.f64s(d.base);
  hash.word(d.history.verdictWords);
  d.history.hashInto(hash);
}
