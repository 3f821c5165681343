// Two running sites and the tokens that open them (DATA/access.json), and what a client asks of them.
import { readFileSync } from 'node:fs';
import { type NewCase, SITES, type SiteId } from '@vigie/model';
import { SiteHttp } from './site-http.ts';

export interface SiteAccess {
  readonly urls: Readonly<Record<SiteId, string>>;
  readonly tokens: {
    readonly operator: string;
    /** Canton to token; cases are created with the token of their authority. */
    readonly cantons: Readonly<Record<string, string>>;
  };
}

export function readAccess(path: string): SiteAccess & { readonly devices: Readonly<Record<string, string>> } {
  const { sites, tokens } = JSON.parse(readFileSync(path, 'utf8')) as {
    sites: Record<SiteId, { url: string }>;
    tokens: SiteAccess['tokens'] & { devices?: Record<string, string> };
  };
  return {
    urls: { noirmont: sites.noirmont.url, delemont: sites.delemont.url },
    tokens,
    devices: tokens.devices ?? {},
  };
}

const CREATE_TIMEOUT_MS = 15_000;
/** Cases being created at once; each waits until it is settled. */
const CREATING_MAX = 24;

export class Sites {
  readonly access: SiteAccess;
  readonly http: Readonly<Record<SiteId, SiteHttp>>;

  constructor(access: SiteAccess, connectionsMax?: number) {
    this.access = access;
    this.http = {
      noirmont: new SiteHttp(access.urls.noirmont, connectionsMax),
      delemont: new SiteHttp(access.urls.delemont, connectionsMax),
    };
  }
  close(): void {
    for (const site of SITES) this.http[site].close();
  }

  /** A site's answer to the operator; throws when there is none, or another than 200. */
  async read<T>(site: SiteId, path: string, headers: Record<string, string> = {}): Promise<T> {
    const { operator } = this.access.tokens;
    const answer = await this.http[site].ask({ method: 'GET', path, token: operator, headers, timeoutMs: 10_000 });
    if (answer.kind === 'unreachable') throw new Error(`${site} ${path}: ${answer.why}`);
    if (answer.status !== 200) throw new Error(`${site} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return JSON.parse(answer.text) as T;
  }

  /** Creates cases, half at each site, and returns the tokens of their devices. Throws with the first refusal. */
  async createCases(cases: readonly NewCase[]): Promise<Record<string, string>> {
    const tokens: Record<string, string> = {};
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < cases.length; i = next++) {
        Object.assign(tokens, await this.#createCase(cases[i] as NewCase, SITES[i % 2] as SiteId));
      }
    };
    await Promise.all(Array.from({ length: CREATING_MAX }, worker));
    return tokens;
  }

  async #createCase(order: NewCase, site: SiteId): Promise<Record<string, string>> {
    const token = this.access.tokens.cantons[order.authority];
    if (token === undefined) throw new Error(`case ${order.caseId}: no token of canton ${order.authority}`);
    const answer = await this.http[site].ask({
      method: 'POST',
      path: '/v1/cases',
      token,
      body: JSON.stringify(order),
      headers: { 'idempotency-key': `create-${order.caseId}` },
      timeoutMs: CREATE_TIMEOUT_MS,
    });
    if (answer.kind === 'unreachable') throw new Error(`case ${order.caseId} at ${site}: ${answer.why}`);
    if (answer.status >= 300)
      throw new Error(`case ${order.caseId} at ${site}: ${answer.status} ${answer.text.slice(0, 500)}`);
    return deviceTokensOf(JSON.parse(answer.text));
  }

  /** Resolves once both sites know every device: an upload without reports is answered 200. */
  async whenDevicesKnown(tokens: Readonly<Record<string, string>>, timeoutMs: number): Promise<void> {
    const until = Date.now() + timeoutMs;
    for (const [deviceId, token] of Object.entries(tokens)) {
      for (const site of SITES) {
        const body = JSON.stringify({ deviceId, reports: [] });
        for (;;) {
          const answer = await this.http[site].ask({
            method: 'POST',
            path: '/v1/reports',
            token,
            body,
            timeoutMs: 5_000,
          });
          if (answer.kind === 'answered' && answer.status === 200) break;
          if (Date.now() > until)
            throw new Error(
              `${site} does not know ${deviceId}: ${answer.kind === 'answered' ? `${answer.status} ${answer.text.slice(0, 200)}` : answer.why}`,
            );
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }
  }
}

/** `{"deviceTokens":{"ID":"TOKEN"}}`, or a list of `{"deviceId","token"}`. */
function deviceTokensOf(answer: unknown): Record<string, string> {
  const tokens = (answer as { deviceTokens?: unknown }).deviceTokens;
  if (Array.isArray(tokens))
    return Object.fromEntries(
      (tokens as { deviceId: string; token: string }[]).map(({ deviceId, token }) => [deviceId, token]),
    );
  if (typeof tokens === 'object' && tokens !== null) return tokens as Record<string, string>;
  throw new Error('the answer to a new case holds no deviceTokens');
}
