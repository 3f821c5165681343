// Asks an API as a client would, for tests.
import type { Report } from '@vigie/model';
import { degreesToE7, fixTimeMs } from '@vigie/model';
import type { Api } from '../app.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of every shape
  readonly body: any;
}

export async function ask(
  api: Pick<Api, 'fetch'>,
  path: string,
  o: { token?: string; method?: string; body?: unknown; raw?: string; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const body = o.raw ?? (o.body === undefined ? undefined : JSON.stringify(o.body));
  const response = await api.fetch(
    new Request(`http://site.test${path}`, {
      method: o.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(o.token === undefined ? {} : { Authorization: `Bearer ${o.token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...o.headers,
      },
      ...(body === undefined ? {} : { body }),
    }),
  );
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** A circle of 200 m around the old town of Delémont that a wearer must stay away from. */
export const CENTER = { lat: 47.3655, lon: 7.3447 } as const;
export const FAR = { lat: 47.2562, lon: 6.9965 } as const;

export function newCase(caseId: string, authority: string, more: object = {}): Record<string, unknown> {
  return {
    caseId,
    authority,
    legalBasis: 'StGB 67b',
    mode: 'active',
    timezone: 'Europe/Zurich',
    person: { name: `Wearer of ${caseId}` },
    devices: [{ deviceId: `dev-${caseId}`, role: 'wearer' }],
    rules: [
      {
        ruleId: 'stay-away',
        kind: 'exclusion',
        zone: { type: 'circle', center: [CENTER.lon, CENTER.lat], radiusM: 200 },
      },
    ],
    validFrom: '2026-01-01T00:00:00Z',
    validTo: '2036-01-01T00:00:00Z',
    ...more,
  };
}

export function reportAt(caseId: string, seq: number, at: { lat: number; lon: number }, atMs = Date.now()): Report {
  return {
    deviceId: `dev-${caseId}`,
    boot: 1,
    seq,
    at: fixTimeMs(Math.floor(atMs)),
    latE7: degreesToE7(at.lat),
    lonE7: degreesToE7(at.lon),
    accuracyMm: 5000,
    events: 0,
  };
}
