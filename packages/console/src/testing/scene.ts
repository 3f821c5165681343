// A small country for tests and pictures: seeded people, a few cases, incidents of every look. Nobody in it exists.
import type { CaseDetail, IncidentView, PositionView, Sentence, TrackView } from '@vigie/api/contract';
import { World } from './world.ts';

export const OPERATOR_TOKEN = 'operator-token-of-the-test';
export const SRE_TOKEN = 'sre-token-of-the-test';
export const CANTON_TOKEN = 'canton-token-of-the-test';

const TOWNS: readonly (readonly [number, number])[] = [
  [8.54, 47.37],
  [8.54, 47.37],
  [8.54, 47.37],
  [6.14, 46.2],
  [6.14, 46.2],
  [7.59, 47.56],
  [7.59, 47.56],
  [7.45, 46.95],
  [7.45, 46.95],
  [6.63, 46.52],
  [8.95, 46.0],
  [8.31, 47.05],
  [9.38, 47.42],
  [9.53, 46.85],
  [7.36, 46.23],
  [6.93, 46.99],
  [7.16, 46.81],
  [7.24, 47.14],
  [8.72, 47.5],
  [8.05, 47.39],
  [7.34, 47.37],
  [7.08, 47.42],
  [6.83, 47.1],
  [8.63, 47.7],
];

/** Small and repeatable (mulberry32); good enough to scatter dots. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const sentences: Readonly<Record<string, Sentence>> = {
  proximity: {
    fr: 'Le porteur est à 310 m de la personne protégée ; la limite est de 500 m. Il s’est approché.',
    de: 'Die überwachte Person ist 310 m von der geschützten Person entfernt; die Grenze ist 500 m. Sie hat sich genähert.',
    it: 'La persona sorvegliata è a 310 m dalla persona protetta; il limite è 500 m. Si è avvicinata.',
    en: 'The wearer is 310 m from the protected person; the limit is 500 m. The wearer came closer.',
  },
  tamper: {
    fr: 'La sangle du bracelet est ouverte depuis 12:04:10.',
    de: 'Das Band der Fussfessel ist seit 12:04:10 offen.',
    it: 'Il cinturino del braccialetto è aperto dalle 12:04:10.',
    en: 'The strap of the bracelet has been open since 12:04:10.',
  },
  exclusion: {
    fr: 'Le porteur est 84 m à l’intérieur de la zone interdite, avec une précision de 12 m.',
    de: 'Die Person ist 84 m innerhalb der Verbotszone, bei einer Genauigkeit von 12 m.',
    it: 'La persona è 84 m all’interno della zona vietata, con una precisione di 12 m.',
    en: 'The wearer is 84 m inside the exclusion zone, with an accuracy of 12 m.',
  },
  inclusion: {
    fr: 'Le porteur est 140 m hors de la zone prescrite depuis plus de 300 s.',
    de: 'Die Person ist seit über 300 s 140 m ausserhalb der Gebotszone.',
    it: 'La persona è da oltre 300 s 140 m fuori dalla zona prescritta.',
    en: 'The wearer has been 140 m outside the required zone for over 300 s.',
  },
  silence: {
    fr: 'L’appareil n’a rien envoyé depuis 22 min ; la limite est de 15 min.',
    de: 'Das Gerät hat seit 22 min nichts gesendet; die Grenze ist 15 min.',
    it: 'Il dispositivo non invia nulla da 22 min; il limite è 15 min.',
    en: 'The device has sent nothing for 22 min; the limit is 15 min.',
  },
  battery: {
    fr: 'La batterie est à 9 % ; la limite est de 15 %.',
    de: 'Die Batterie ist bei 9 %; die Grenze ist 15 %.',
    it: 'La batteria è al 9 %; il limite è 15 %.',
    en: 'The battery is at 9 %; the limit is 15 %.',
  },
};

const PRIORITIES: Readonly<Record<string, number>> = {
  proximity: 1,
  tamper: 2,
  exclusion: 3,
  inclusion: 5,
  silence: 9,
  battery: 14,
};

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export function incidentOf(
  id: string,
  kind: string,
  openedSAgo: number,
  patch: Partial<IncidentView> = {},
): IncidentView {
  const sentence = sentences[kind];
  if (sentence === undefined) throw new Error(`the scene has no sentence for ${kind}`);
  const caseId = patch.caseId ?? 'JU-2026-0017';
  const place =
    kind === 'silence' || kind === 'battery' || kind === 'tamper'
      ? []
      : [fixAt(openedSAgo + 45, 84), fixAt(openedSAgo, 112)];
  return {
    incidentId: id,
    aliases: [],
    caseId,
    authority: caseId.slice(0, 2),
    ruleId: `${kind}-1`,
    kind,
    status: 'raised',
    certainty: 'confirmed',
    lane: 'live',
    priority: PRIORITIES[kind] ?? 9,
    openedAt: ago(openedSAgo),
    closedAt: null,
    provisional: false,
    step: 1,
    signals: 1,
    shelf: null,
    mayShelve: true,
    heldBy: null,
    reason: { ruleId: `${kind}-1`, ruleVersion: '1.0', code: kind, sentence, fixes: place },
    ...patch,
  };
}

const fixAt = (secondsAgo: number, distanceM: number) => ({
  deviceId: 'wearer-017',
  at: ago(secondsAgo),
  receivedAt: ago(secondsAgo - 2),
  lat: 47.3655 + distanceM / 400_000,
  lon: 7.3471 - distanceM / 500_000,
  accuracyM: 12,
  distanceM,
});

/** A case in Delémont with an exclusion zone, a home and a track with holes in it. */
function caseOf(caseId: string): CaseDetail {
  return {
    caseId,
    authority: caseId.slice(0, 2),
    legalBasis: 'ZGB 28c',
    mode: 'dynamic',
    state: 'active',
    validFrom: ago(40 * 86_400),
    validTo: ago(-140 * 86_400),
    openIncidents: 1,
    revision: 3,
    devices: [
      { deviceId: 'wearer-017', role: 'wearer', lastFixAt: ago(14), lastReceivedAt: ago(12), batteryPct: 64 },
      { deviceId: 'protected-017', role: 'protected', lastFixAt: ago(40), lastReceivedAt: ago(39) },
    ],
    rules: [
      {
        ruleId: 'exclusion-1',
        kind: 'exclusion',
        zone: { type: 'circle', center: [7.3452, 47.3672], radiusM: 450 },
        bufferM: 200,
      },
      {
        ruleId: 'inclusion-1',
        kind: 'inclusion',
        zone: {
          type: 'Polygon',
          coordinates: [
            [
              [7.328, 47.358],
              [7.334, 47.358],
              [7.335, 47.362],
              [7.329, 47.363],
              [7.328, 47.358],
            ],
          ],
        },
        graceS: 300,
        activeNow: false,
      },
      { ruleId: 'proximity-1', kind: 'proximity' },
      { ruleId: 'tamper-1', kind: 'tamper' },
    ],
  };
}

function trackOf(): TrackView {
  const next = dice(11);
  const features: TrackView['features'][number][] = [];
  let [lon, lat, seconds] = [7.3305, 47.3601, 5_400];
  for (let i = 0; i < 90 && seconds > 20; i++) {
    lon += 0.00019 + (next() - 0.5) * 0.0003;
    lat += 0.00007 + (next() - 0.5) * 0.0002;
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [lon, lat] },
      properties: {
        deviceId: 'wearer-017',
        role: 'wearer',
        at: ago(seconds),
        receivedAt: ago(seconds - 2),
        accuracyM: 8 + next() * 20,
      },
    });
    seconds -= i === 30 ? 1_500 : i > 50 && i < 58 ? 300 : 20;
  }
  return { type: 'FeatureCollection', features };
}

function positionsOf(count: number, seed: number): PositionView[] {
  const next = dice(seed);
  return Array.from({ length: count }, (_, i) => {
    const [lon, lat] = TOWNS[Math.floor(next() * TOWNS.length)] ?? [8.2, 46.8];
    const old = next() < 0.1;
    const agoS = old ? 600 + next() * 7_000 : next() * 90;
    return {
      deviceId: `device-${i}`,
      caseId: `ZH-2026-${String(i).padStart(4, '0')}`,
      role: next() < 0.12 ? 'protected' : 'wearer',
      at: ago(agoS),
      receivedAt: ago(agoS - 1),
      lat: lat + (next() + next() - 1) * 0.09,
      lon: lon + (next() + next() - 1) * 0.13,
      accuracyM: 5 + next() * next() * 120,
      site: next() < 0.5 ? 'noirmont' : 'delemont',
    };
  });
}

/** One of everything an operator may meet. */
export function scene(persons = 200): World {
  const world = new World();
  world.tokens.set(OPERATOR_TOKEN, { subject: 'op-3', role: 'operator', canton: null });
  world.tokens.set(SRE_TOKEN, { subject: 'sre-1', role: 'sre', canton: null });
  world.tokens.set(CANTON_TOKEN, { subject: 'ju-justice', role: 'canton', canton: 'JU' });
  const add = (id: string, kind: string, agoS: number, patch: Partial<IncidentView> = {}) => {
    const incident = incidentOf(id, kind, agoS, patch);
    world.cases.set(incident.caseId, caseOf(incident.caseId));
    world.tracks.set(incident.caseId, trackOf());
    world.raise(incident);
  };
  add('i-battery', 'battery', 3_000, { caseId: 'BE-2026-0203' });
  add('i-exclusion', 'exclusion', 95, { signals: 3 });
  add('i-tamper', 'tamper', 210, { caseId: 'VD-2026-0311' });
  add('i-proximity', 'proximity', 34, { caseId: 'GE-2026-0104', certainty: 'early', provisional: true });
  add('i-inclusion', 'inclusion', 640, { caseId: 'TI-2026-0050', closedAt: ago(120) });
  add('i-silence', 'silence', 1_320, { caseId: 'ZH-2026-0007' });
  add('i-held', 'exclusion', 900, {
    caseId: 'LU-2026-0033',
    status: 'acknowledged',
    heldBy: { subject: 'op-1', site: 'delemont', at: ago(700) },
  });
  add('i-late', 'inclusion', 30_000, { caseId: 'FR-2026-0021', lane: 'late', closedAt: ago(28_000) });
  add('i-withdrawn', 'exclusion', 400, { caseId: 'SG-2026-0009', certainty: 'withdrawn' });
  const [fix] = incidentOf('x', 'exclusion', 95).reason.fixes.slice(-1);
  world.positions = positionsOf(persons, 7);
  if (fix?.lat !== undefined && fix.lon !== undefined) {
    const near = { caseId: 'JU-2026-0017', at: ago(14), receivedAt: ago(12), site: 'noirmont' } as const;
    world.positions.push(
      { ...near, deviceId: 'wearer-017', role: 'wearer', lat: fix.lat, lon: fix.lon, accuracyM: 12 },
      { ...near, deviceId: 'protected-017', role: 'protected', lat: 47.3688, lon: 7.3502, accuracyM: 35 },
    );
  }
  return world;
}
