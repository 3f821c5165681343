// Signing in: a token is tried at the page's own site, then at the other. It lives in sessionStorage, so closing the tab ends it.
import type { ConsoleConfig, SessionView, SiteId } from '@vigie/api/contract';
import { otherSite } from './failover.ts';
import { request } from './http.ts';

const KEY = 'vigie.token';
const SIGN_IN_MS_MAX = 3_000;

export type SignInResult =
  | { readonly kind: 'signed-in'; readonly session: SessionView; readonly site: SiteId }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable' };

export async function signIn(config: ConsoleConfig, token: string): Promise<SignInResult> {
  for (const site of [config.site, otherSite(config.site)]) {
    const url = site === config.site ? window.location.origin : config.urls[site];
    const answer = await request<SessionView>({ url, token }, '/v1/session', { timeoutMs: SIGN_IN_MS_MAX });
    if (answer.kind === 'ok') return { kind: 'signed-in', session: answer.body, site };
    if (answer.kind === 'refused' && answer.status < 500) return { kind: 'refused' };
  }
  return { kind: 'unreachable' };
}

/** An SRE keeps the sites running; the API gives them nothing of what is in a case, and the console does not ask. */
export const seesCases = (session: SessionView | null): boolean => session?.role !== 'sre';

export const rememberedToken = (): string | null => sessionStorage.getItem(KEY);
export const rememberToken = (token: string): void => sessionStorage.setItem(KEY, token);
export const forgetToken = (): void => sessionStorage.removeItem(KEY);
