// `./vigie site drain|undrain|retire|yield NAME`: asks the sites themselves over HTTP, as an SRE, and waits until it is so.
import { readFileSync } from 'node:fs';
import { type SiteId, SITES, otherSite } from '@vigie/model';
import { CouldNotRun } from '../process/could-not-run.ts';
import { readEnvFile } from '../up/env-file.ts';
import type { Access } from '../up/access.ts';
import { filesOf } from '../up/layout.ts';

export type MembershipAction = 'drain' | 'undrain' | 'retire' | 'yield';

export interface SitesAt {
  readonly urls: Readonly<Record<SiteId, string>>;
  readonly token: string;
}
interface Answer {
  readonly status: number;
  readonly body: {
    readonly membership?: string;
    readonly generation?: string;
    readonly detail?: string;
    readonly title?: string;
  };
}

/** A drain waits for what is under way and for the other site's admits. */
const DONE_WITHIN_MS = 30_000;
const ASK_WITHIN_MS = 5_000;
const ASK_EVERY_MS = 100;

type TokensOfUp = Access['tokens'];

/** The sites of a running `up`, by its access.json, and the token of who asks; an SRE, if nobody else is named. */
export function sitesOfUp(
  dataDir: string,
  tokenOf: (tokens: TokensOfUp) => string | undefined = ({ sre }) => sre,
): SitesAt {
  let access: Pick<Access, 'sites' | 'tokens'> | undefined;
  try {
    access = JSON.parse(readFileSync(filesOf(dataDir).access, 'utf8')) as Access;
  } catch {
    access = undefined; // no `up` has been ready there
  }
  if (
    access === undefined ||
    SITES.every((site) => Object.values(access.sites[site].pids).every((pid) => pid === null))
  )
    throw new CouldNotRun(`no ./vigie up runs on ${dataDir}: start one, or name its folder with --data`);
  const token = tokenOf(access.tokens);
  if (token === undefined) throw new CouldNotRun(`that ./vigie up has no such token: ${filesOf(dataDir).access}`);
  return { urls: { noirmont: access.sites.noirmont.url, delemont: access.sites.delemont.url }, token };
}

/** The sites of a deployment: its PUBLIC_URLS, and the token of an SRE from the environment. */
export function sitesOfDeployment(file: string, token: string | undefined): SitesAt {
  if (token === undefined || token === '')
    throw new CouldNotRun('VIGIE_TOKEN is not set: it has to hold the token of who asks, an SRE');
  let given: string;
  try {
    given = readEnvFile(file)['PUBLIC_URLS'] ?? '';
  } catch (cause) {
    throw new CouldNotRun(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const urls = new Map(given.split(',').map((part) => part.split('=', 2) as [string, string]));
  const [noirmont, delemont] = SITES.map((site) => urls.get(site)?.replace(/\/$/, ''));
  if (noirmont === undefined || delemont === undefined)
    throw new CouldNotRun(`${file} does not name both sites in PUBLIC_URLS`);
  return { urls: { noirmont, delemont }, token };
}

/** What to say, or that it could not be done. */
export async function changeMembership(
  at: SitesAt,
  action: MembershipAction,
  site: SiteId,
  fenced: boolean,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const other = otherSite(site);
  switch (action) {
    case 'drain': {
      const said = await ask(at, site, '/v1/site/drain', {});
      if (said.status !== 200) return refused(said);
      const membership = await until(at, site, (now) => now === 'left');
      if (membership === 'left')
        return {
          ok: true,
          message: `${site} has left; ${other} settles alone. Bring it back with ./vigie site undrain ${site}`,
        };
      await ask(at, site, '/v1/site/undrain', {});
      return { ok: false, message: `${site} could not leave within ${DONE_WITHIN_MS / 1000} s and stays in service` };
    }
    case 'undrain': {
      const said = await ask(at, site, '/v1/site/undrain', {});
      if (said.status !== 200) return refused(said);
      const membership = await until(at, site, (now) => now === 'member');
      return membership === 'member'
        ? { ok: true, message: `${site} is back in service` }
        : { ok: false, message: `${site} is not back yet: it is ${membership ?? 'not reached'}` };
    }
    case 'retire': {
      if (!fenced)
        throw new CouldNotRun(
          `${other} goes on without ${site} only when you have made sure that ${site} is fenced: powered off, or cut off from ` +
            `devices and from ${other}. Say so with --fenced`,
        );
      const said = await ask(at, other, '/v1/site/retire', { site, fenced: true });
      if (said.status !== 200) return refused(said);
      return { ok: true, message: `${other} goes on without ${site}, in generation ${said.body.generation ?? '?'}` };
    }
    case 'yield': {
      const said = await ask(at, site, '/v1/site/yield', {});
      if (said.status !== 200) return refused(said);
      return { ok: true, message: `${site} gives up its generation and reads its log anew` };
    }
  }
}

const refused = ({ status, body }: Answer): { ok: false; message: string } => ({
  ok: false,
  message: body.detail ?? body.title ?? `answered ${status}`,
});

async function ask(at: SitesAt, site: SiteId, path: string, body: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`${at.urls[site]}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${at.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    });
  } catch {
    throw new CouldNotRun(`${site} does not answer at ${at.urls[site]}`);
  }
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** The site's membership when it holds, or as it was last when time is up. */
async function until(at: SitesAt, site: SiteId, holds: (now: string) => boolean): Promise<string | undefined> {
  let now: string | undefined;
  for (const end = performance.now() + DONE_WITHIN_MS; performance.now() < end; ) {
    const response = await fetch(`${at.urls[site]}/v1/cluster`, {
      headers: { authorization: `Bearer ${at.token}` },
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    }).catch(() => undefined); // asked again
    now = ((await response?.json()) as { membership?: string } | undefined)?.membership ?? now;
    if (now !== undefined && holds(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  return now;
}
