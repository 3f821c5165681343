// The breaks of breaks.ts that sit between a replica and what it stands on. Without a break, nothing is changed.
import type { EntryDraft, OriginMessage, SiteLog } from '@vigie/log';
import {
  type IncidentEvent,
  type Report,
  ReportBatchReader,
  type Result,
  type SiteId,
  encodeReportBatch,
  fail,
  logTimeUs,
  ok,
  utf8Decode,
  utf8Encode,
} from '@vigie/model';
import { type KeyRing, encodePayload } from '@vigie/replica';
import { STOP_REASON } from './authority.ts';
import type { Break } from './breaks.ts';
import type { Life } from './life.ts';

/** The how-manieth of its kind meets the break: late enough for a case to be there, early enough for every run to come to it. */
const THE_NTH = 3;

const BREAKS_LOG: ReadonlySet<Break> = new Set([
  'reorders',
  'says-both',
  'reads-late',
  'names-twice',
  'ignores-switch',
]);
/** Of a reader that lags, virtual ms. */
const LATE_MS = 2_000;

export function brokenLog(log: SiteLog, how: Break | undefined, life: Pick<Life, 'after'>): SiteLog {
  if (how === undefined || !BREAKS_LOG.has(how)) return log;
  let count = 0;
  const broken = Object.create(log, {
    site: { get: () => log.site },
    epoch: { get: () => log.epoch },
    caughtUp: { get: () => log.caughtUp },
    left: { get: () => log.left },
  }) as SiteLog;
  const methods = [
    'sayLeaving',
    'leave',
    'reopen',
    'read',
    'reportHeld',
    'reportRead',
    'onPeer',
    'survey',
    'peer',
    'received',
    'extents',
    'close',
  ] as const;
  for (const name of methods) Object.assign(broken, { [name]: (log[name] as () => unknown).bind(log) });
  const late = (m: OriginMessage): OriginMessage =>
    how === 'reorders' &&
    log.site === 'delemont' &&
    m.entry.ok &&
    m.entry.value.kind === 'reports' &&
    ++count === THE_NTH
      ? { ...m, entry: ok({ ...m.entry.value, t: logTimeUs(m.entry.value.t + 7) }) }
      : m;
  return Object.assign(broken, {
    append: (draft: EntryDraft) => log.append(how === 'names-twice' ? renamedToo(draft) : draft),
    subscribe: (from: Parameters<SiteLog['subscribe']>[0], deliver: (m: OriginMessage) => void) =>
      log.subscribe(from, (m) => {
        if (how === 'reads-late' && log.site === 'delemont') life.after(LATE_MS, () => deliver(m));
        else deliver(how === 'ignores-switch' && log.site === 'delemont' ? withoutSwitch(m) : late(m));
      }),
    whenSeen: (...args: Parameters<SiteLog['whenSeen']>) =>
      how === 'says-both' ? Promise.resolve(true) : log.whenSeen(...args),
  });
}

const withoutSwitch = (m: OriginMessage): OriginMessage =>
  m.entry.ok && m.entry.value.kind === 'rule_switched' ? { ...m, entry: ok({ ...m.entry.value, data: {} }) } : m;

function renamedToo(draft: EntryDraft): EntryDraft {
  if (draft.kind !== 'event') return draft;
  const items = draft.items.flatMap(({ measure, bytes }) => {
    const event = JSON.parse(utf8Decode(bytes.map((byte) => byte - 1))) as IncidentEvent;
    if (event.type !== 'early') return [{ measure, bytes }];
    const other = { ...event, incidentId: event.incidentId.slice(1) + event.incidentId.slice(0, 1) };
    return [
      { measure, bytes },
      { measure, bytes: encodePayload('event', other).map((byte) => byte + 1) },
    ];
  });
  return { ...draft, items };
}

/** What such a site makes of the content of one item. */
type Changed = (plain: Uint8Array) => Result<Uint8Array>;

/** `{`: JSON, no batch of reports. */
const isJson = (plain: Uint8Array): boolean => plain[0] === 0x7b;
const ofReports = (change: (reports: readonly Report[]) => readonly Report[]): Changed => {
  const reader = new ReportBatchReader();
  return (plain) => {
    if (isJson(plain)) return ok(plain);
    reader.reset(plain);
    const reports = Array.from({ length: reader.count }, (_, i) => reader.report(i));
    return ok(encodeReportBatch(reader.deviceId, change(reports)));
  };
};
const withoutKey: Changed = (plain) => {
  if (!isJson(plain)) return ok(plain);
  const { idempotency: _, ...rest } = JSON.parse(utf8Decode(plain)) as Readonly<Record<string, unknown>>;
  return ok(utf8Encode(JSON.stringify(rest)));
};
/** Of one site. */
const READS: Readonly<Partial<Record<Break, () => Changed>>> = {
  'applies-twice': () => ofReports(twice),
  'skips-breach': () => ofReports(blind),
  'ignores-stop': () => (plain) =>
    isJson(plain) && utf8Decode(plain).includes(STOP_REASON) ? fail('malformed-entry', '') : ok(plain),
};
/** Of both, and of the plain fold that they are measured by: only who knows what ought to be can tell. */
const ALL_READ: Readonly<Partial<Record<Break, () => Changed>>> = { 'forgets-keys': () => withoutKey };

type Opens = Pick<KeyRing, 'open'>;
const changed = (keys: Opens, change: Changed): Opens => ({
  open: (measure, bytes) => {
    const opened = keys.open(measure, bytes);
    return opened.ok ? change(opened.value) : opened;
  },
});

export function brokenKeys(keys: KeyRing, site: SiteId, how: Break | undefined): KeyRing {
  if (how === undefined) return keys;
  const change = ALL_READ[how]?.() ?? (site === 'delemont' ? READS[how]?.() : undefined);
  if (change === undefined) return keys;
  return {
    ...changed(keys, change),
    has: (measure) => keys.has(measure),
    seal: (measure, plain) => keys.seal(measure, plain),
    fetch: (measure) => keys.fetch(measure),
  };
}
export function brokenMeasure(keys: Opens, how: Break | undefined): Opens {
  const change = how === undefined ? undefined : ALL_READ[how]?.();
  return change === undefined ? keys : changed(keys, change);
}

const twice = (reports: readonly Report[]): readonly Report[] =>
  reports.flatMap((report) => (report.seq === THE_NTH ? [report, { ...report, boot: 2 }] : [report]));

/** No fix of the third report onwards is inside: its place goes. */
const blind = (reports: readonly Report[]): readonly Report[] =>
  reports.map((report) => {
    if ((report.seq ?? 0) < THE_NTH) return report;
    const { latE7: _lat, lonE7: _lon, accuracyMm: _accuracy, ...rest } = report;
    return rest;
  });
