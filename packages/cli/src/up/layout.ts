// Where the parts of a running `up` listen and keep their files.
import { join } from 'node:path';
import { SITES, type SiteId } from '@vigie/model';
import { freePorts } from '../process/free-ports.ts';

export type SitePorts = {
  readonly http: number;
  readonly nats: number;
  /** Where the other site's log server dials in; Noirmont only, and reserved at Delémont. */
  readonly leaf: number;
  readonly monitor: number;
  readonly postgres: number;
};

export type SitePaths = {
  readonly root: string;
  readonly nats: string;
  readonly postgres: string;
  readonly site: string;
  readonly log: (program: Program) => string;
};

export const PROGRAMS = ['nats', 'postgres', 'site'] as const;
export type Program = (typeof PROGRAMS)[number];

export type Layout = {
  readonly dataDir: string;
  readonly ports: Readonly<Record<SiteId, SitePorts>>;
};

/** Delémont's ports lie this much above Noirmont's. */
const SITE_STEP = 100;
const PORTS_PER_SITE = 5;

/** `port` is that of Noirmont's console; the others follow it. 0 takes free ones. */
export async function choosePorts(port: number): Promise<Layout['ports']> {
  if (port === 0) {
    const free = await freePorts(PORTS_PER_SITE * SITES.length);
    return { noirmont: fromList(free.slice(0, PORTS_PER_SITE)), delemont: fromList(free.slice(PORTS_PER_SITE)) };
  }
  const from = (base: number): SitePorts => fromList(Array.from({ length: PORTS_PER_SITE }, (_, i) => base + i));
  return { noirmont: from(port), delemont: from(port + SITE_STEP) };
}

function fromList(ports: readonly number[]): SitePorts {
  const [http, nats, leaf, monitor, postgres] = ports as [number, number, number, number, number];
  return { http, nats, leaf, monitor, postgres };
}

export function sitePaths(dataDir: string, site: SiteId): SitePaths {
  const root = join(dataDir, site);
  return {
    root,
    nats: join(root, 'nats'),
    postgres: join(root, 'postgres'),
    site: join(root, 'site'),
    log: (program) => join(root, `${program}.log`),
  };
}

/** As people type it into a browser; `*.localhost` is this machine by RFC 6761. */
export const publicUrl = (layout: Layout, site: SiteId): string =>
  `http://${site}.localhost:${layout.ports[site].http}`;

/** As programs reach it, without asking a resolver. */
export const loopbackUrl = (layout: Layout, site: SiteId): string => `http://127.0.0.1:${layout.ports[site].http}`;

export const filesOf = (dataDir: string) => ({
  access: join(dataDir, 'access.json'),
  secrets: join(dataDir, 'secrets.json'),
  tokens: join(dataDir, 'tokens.json'),
  wrappingKey: join(dataDir, 'wrapping.key'),
  receivers: join(dataDir, 'receivers.json'),
  children: join(dataDir, 'children.json'),
  control: join(dataDir, 'control.json'),
  certificates: join(dataDir, 'tls'),
});
