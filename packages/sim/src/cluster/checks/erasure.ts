// D4: a measure is erased once its date has come and never before; in the end each site has said that its key is destroyed, and then
// nothing there opens it: no key, no snapshot, no state.
import { type ErasedData, SITES } from '@vigie/model';
import { ERASED_BEFORE_MS } from '@vigie/replica';
import type { Cluster } from '../cluster.ts';
import { retentionOf } from '../erasing.ts';
import type { Violation } from './check.ts';
import type { DecisionModel } from './decision-model.ts';
import { type InSequence, nameOf } from './sequence.ts';

export function checkErasure(
  cluster: Cluster,
  sequence: readonly (InSequence | undefined)[],
  model: DecisionModel,
): Violation[] {
  const { eraseAfterMs } = cluster.options;
  if (eraseAfterMs === undefined) return [];
  const retention = retentionOf(eraseAfterMs);
  const violations: Violation[] = [];
  const add = (why: string, witness: readonly string[]): void => {
    if (witness.length > 0) violations.push({ invariant: 'erasure', why, witness: witness.slice(0, 5) });
  };
  const early: string[] = [];
  for (const one of sequence) {
    if (one?.placed.entry.kind !== 'erased') continue;
    const { measure } = one.placed.entry.data as ErasedData;
    const stoppedAtMs = model.cases.get(measure)?.stoppedAtMs;
    // By the clock of the site that said so, which its log time is never behind.
    const dueMs =
      stoppedAtMs === undefined ? undefined : (retention.legalDateMs('', '', stoppedAtMs) ?? 0) - ERASED_BEFORE_MS;
    if (dueMs === undefined || Math.ceil(one.t / 1000) < dueMs)
      early.push(`${nameOf(one.placed)} erases ${measure} at ${one.t / 1000} ms; due ${dueMs ?? 'never'}`);
  }
  add('a measure was erased before its date', early);
  const left: string[] = [];
  for (const person of cluster.people) {
    if (model.cases.get(person.measure)?.stoppedAtMs === undefined) continue;
    for (const site of SITES)
      for (const what of remains(cluster, site, person)) left.push(`${site}, ${person.caseId}: ${what}`);
  }
  add('something is left of a measure whose date has come', left);
  return violations;
}

function remains(
  cluster: Cluster,
  site: (typeof SITES)[number],
  { measure, caseId }: { readonly measure: string; readonly caseId: string },
): string[] {
  const { replica, keyStore, process, snapshots } = cluster.sites[site];
  if (replica === undefined || process?.erasing === undefined) return ['no process'];
  const found: string[] = [];
  const erasure = replica.erasures().find(([of]) => of === measure)?.[1];
  if (erasure === undefined) found.push('not erased');
  else if (!process.erasing.isCertified(erasure))
    found.push(`not certified: ${JSON.stringify(erasure.destroyedAt ?? {})}`);
  if (keyStore.held.has(measure)) found.push('its key is held');
  if (replica.caseView(measure) !== undefined) found.push('its state is there');
  if (snapshots.some((parts) => parts.some((part) => Buffer.from(part).includes(`"${caseId}"`))))
    found.push('a snapshot names its case');
  return found;
}
