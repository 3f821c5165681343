// A history in which every promise holds: a minute of load, Le Noirmont silent for 20 s of it. Tests break it on purpose.
import { SITES, type SiteId } from '@vigie/model';
import { type History, type ReportRecord, emptyHistory } from '../history.ts';

const START_MS = Date.UTC(2026, 10, 25, 8);
const DEVICES = 60;
const SECONDS = 60;
const PER_UPLOAD = 5;
const FAULT_S = 20;
export const HEALED_S = 40;
const INSIDE_S = 3;

export function soundHistory(): History {
  const history = emptyHistory({
    kind: 'run',
    drill: 'kill-noirmont',
    runtime: 'processes',
    seed: 1,
    loadFromMs: START_MS,
    loadToMs: START_MS + SECONDS * 1000,
    calls: true,
    loadAverage: [1, 1],
  });
  for (let device = 0; device < DEVICES; device++) report(history, device);
  fail(history);
  look(history);
  showAtEnd(history);
  return history;
}

const isDown = (second: number): boolean => second >= FAULT_S && second < HEALED_S;
const name = (device: number): string => `device-${device}`;

/** Devices 0, 4, 8, ... are pinned to Le Noirmont; the others move to Delémont while it is down. */
function report(history: History, device: number): void {
  const pinned: SiteId | null = device % 4 === 0 ? 'noirmont' : null;
  const home: SiteId = device % 2 === 0 ? 'noirmont' : 'delemont';
  for (let second = 0; second < SECONDS; second++) {
    const sentMs = START_MS + second * 1000 + device * 16;
    const isAway = home === 'noirmont' && isDown(second);
    const via: SiteId = isAway && pinned === null ? 'delemont' : home;
    const ackMs = isAway && pinned !== null ? START_MS + HEALED_S * 1000 + 50 : sentMs + 5;
    // Its turn comes once: device d is inside from second d on.
    const isInside = second >= device && second < device + INSIDE_S;
    for (let i = 0; i < PER_UPLOAD; i++) {
      const at = sentMs - 150 * (PER_UPLOAD - 1 - i);
      history.reports.push({
        kind: 'report',
        device: name(device),
        seq: second * PER_UPLOAD + i,
        at,
        lat: isInside ? 47.25 : 47.26,
        lon: 7,
        pinned,
        firstAttemptMs: sentMs,
        ackMs,
        via,
        durable: isAway ? 'site' : 'both',
      });
      if (i === 0 && second === device) breach(history, device, at, ackMs);
    }
    history.answers.push({ kind: 'answer', site: via, sentMs, atMs: ackMs, reports: PER_UPLOAD });
  }
}

function breach(history: History, device: number, at: number, ackMs: number): void {
  history.breaches.push({ kind: 'breach', device: name(device), at });
  history.calls.push({
    kind: 'call',
    atMs: ackMs + 25,
    id: `incident-${device}/early`,
    type: 'vigie.incident.early',
    incidentId: `incident-${device}`,
    caseId: name(device),
    openedAt: at,
    from: '/sites/noirmont',
    signed: true,
  });
  for (const [i, site] of SITES.entries())
    history.events.push({
      kind: 'event',
      site,
      atMs: ackMs + 20 + i,
      id: `incident-${device}/early`,
      type: 'vigie.incident.early',
      incidentId: `incident-${device}`,
      caseId: name(device),
      openedAt: at,
    });
}

function fail(history: History): void {
  const [atMs, healMs] = [START_MS + FAULT_S * 1000, START_MS + HEALED_S * 1000];
  history.faults.push(
    {
      kind: 'fault',
      role: 'break',
      action: { do: 'kill', site: 'noirmont', programs: ['site', 'nats', 'postgres'] },
      atMs,
      doneMs: atMs + 5,
      message: '',
    },
    {
      kind: 'fault',
      role: 'heal',
      action: { do: 'start', site: 'noirmont' },
      atMs: healMs - 3_000,
      doneMs: healMs,
      message: '',
    },
  );
}

function look(history: History): void {
  for (let second = 0; second < SECONDS; second++)
    for (const site of SITES) {
      const atMs = START_MS + second * 1000 + 500;
      const down = isDown(second);
      const digest = down ? null : { second: START_MS / 1000 + second - 1, value: `digest-of-${second}` };
      const joined = down ? (site === 'noirmont' ? null : false) : true;
      history.looks.push({
        kind: 'look',
        site,
        atMs,
        joined,
        digest: joined === null ? null : digest,
        incidents: [],
        alone: false,
        logFormat: '1.1',
      });
    }
}

function showAtEnd(history: History): void {
  const byDevice = Map.groupBy(history.reports, ({ device }) => device);
  for (const site of SITES) {
    for (const [device, reports] of byDevice)
      history.tracks.push({
        kind: 'track',
        site,
        device,
        points: reports.map(({ at, lat, lon }: ReportRecord) => [at, lat, lon] as const),
      });
    for (const { device, at } of history.breaches)
      history.incidents.push({
        kind: 'incident',
        site,
        incidentId: device.replace('device', 'incident'),
        caseId: device,
        openedAt: at,
        certainty: 'confirmed',
        provisional: false,
      });
  }
}
