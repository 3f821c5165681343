// What a replay says: a case after the other for people, one object for programs.
import type { ReplayedIncident } from '@vigie/replica';
import { instant } from './compare.ts';
import type { SiteReplay } from './replay-site.ts';
import type { WhatIfDifference } from './what-if.ts';

/** Which incidents are shown. What is compared does not depend on it. */
export interface Selection {
  readonly caseId: string | undefined;
  /** Of the beginning of an incident. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Only incidents that stood at this time, by everything that is known today. */
  readonly trueAtMs?: number | undefined;
}

export interface Told extends SiteReplay {
  /** And which partition, where the log has several. */
  readonly site: string;
  readonly hypothetical?: WhatIfDifference;
}

const MARK = 'HYPOTHETICAL';

export function sayCases(
  { site, replay, differences }: Told,
  selection: Selection,
  print: (line: string) => void,
): void {
  const { recorded, entries, digest, settledT } = replay;
  print(`\n${site}: ${entries} entries, settled up to ${instant(settledT)}, digest ${digest}`);
  print(`${recorded.compared} recorded digests compared, ${recorded.different.length} different`);
  let caseId: string | undefined;
  for (const incident of shown(replay.incidents, selection)) {
    if (incident.caseId !== caseId) print(`case ${incident.caseId}`);
    caseId = incident.caseId;
    print(`  ${line(incident)}`);
  }
  for (const difference of differences) print(`DIFFERENT  ${difference}`);
}

export function sayWhatIf({ gone, added, changed }: WhatIfDifference, print: (line: string) => void): void {
  print(`${MARK}: with the zones of the file instead of the recorded ones`);
  for (const incident of gone) print(`${MARK}  - not raised   ${line(incident)}`);
  for (const incident of added) print(`${MARK}  + raised       ${line(incident)}`);
  for (const { hypothetical } of changed) print(`${MARK}  ~ otherwise    ${line(hypothetical)}`);
  if (gone.length + added.length + changed.length === 0) print(`${MARK}  no incident would be another`);
}

export function tell(told: readonly Told[], selection: Selection) {
  const differences = told.flatMap((one) => one.differences.map((what) => `${one.site}: ${what}`));
  return {
    ok: differences.length === 0,
    compared: told.reduce((sum, { replay }) => sum + replay.recorded.compared, 0),
    confirmed: told.reduce((sum, { replay }) => sum + confirmed(replay.published), 0),
    ...(differences.length === 0 ? {} : { firstDifference: differences[0], differences }),
    sites: told.map(({ site, replay, malformedEntries, hypothetical }) => ({
      site,
      digest: replay.digest,
      liveDigest: replay.liveDigest,
      settledAt: instant(replay.settledT),
      liveAt: instant(replay.liveT),
      entries: replay.entries,
      digests: { compared: replay.recorded.compared, different: replay.recorded.different },
      malformed: { entries: malformedEntries, items: replay.malformed.length },
      erased: replay.erased,
      incidents: shown(replay.incidents, selection).map(short),
      ...(hypothetical === undefined
        ? {}
        : {
            hypothetical: {
              gone: hypothetical.gone.map(short),
              added: hypothetical.added.map(short),
              changed: hypothetical.changed.map((one) => short(one.hypothetical)),
            },
          }),
    })),
  };
}

const confirmed = (published: readonly { readonly type: string }[]): number =>
  published.filter(({ type }) => type === 'confirmed').length;

function shown(
  incidents: readonly ReplayedIncident[],
  { caseId, fromMs, toMs, trueAtMs }: Selection,
): ReplayedIncident[] {
  return incidents
    .filter((one) => trueAtMs === undefined || stoodAt(one, trueAtMs))
    .filter((one) => caseId === undefined || one.caseId === caseId)
    .filter(({ openedAtMs }) => openedAtMs >= (fromMs ?? -Infinity) && openedAtMs <= (toMs ?? Infinity))
    .sort((a, b) => (a.caseId < b.caseId ? -1 : a.caseId > b.caseId ? 1 : a.openedAtMs - b.openedAtMs));
}

/** What was withdrawn or refuted since was not true, whatever was known then. */
const stoodAt = ({ openedAtMs, closedAtMs, certainty }: ReplayedIncident, atMs: number): boolean =>
  openedAtMs <= atMs && atMs < (closedAtMs ?? Infinity) && certainty !== 'withdrawn' && certainty !== 'refuted';

const at = (ms: number): string => instant(ms * 1000);

const line = ({
  incidentId,
  ruleId,
  kind,
  openedAtMs,
  closedAtMs,
  certainty,
  status,
  settled,
}: ReplayedIncident): string =>
  `${at(openedAtMs)} to ${closedAtMs === undefined ? 'now' : at(closedAtMs)}  ${kind} (${ruleId})  ${certainty}, ${status}` +
  `${settled ? '' : ', not settled'}  ${incidentId}`;

const short = (incident: ReplayedIncident) => ({
  incidentId: incident.incidentId,
  caseId: incident.caseId,
  ruleId: incident.ruleId,
  kind: incident.kind,
  certainty: incident.certainty,
  status: incident.status,
  lane: incident.lane,
  openedAt: at(incident.openedAtMs),
  ...(incident.closedAtMs === undefined ? {} : { closedAt: at(incident.closedAtMs) }),
  settled: incident.settled,
});
