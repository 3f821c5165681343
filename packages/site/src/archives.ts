// Archives between the sites (L12, L19): each gives the other what it asks for; a site that lost its own fetches them before it settles.
import { timingSafeEqual, createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Archives } from '@vigie/log';
import { type SiteId, isEpoch, isSiteId } from '@vigie/model';
import type { Note } from './operating-log.ts';

export const INTERNAL_ARCHIVES_PATH = '/internal/archives';
const LIST_MS_MAX = 5_000;
/** An archive of 4 GB over a slow line. */
const FETCH_MS_MAX = 30 * 60_000;

/**
 * GET /internal/archives: what there is; GET /internal/archives/<site>_<epoch>: the file. Both of the partition that `partition` names, or
 * the first.
 */
export function archiveListener(ofPartitions: readonly Archives[], internalToken: string, note: Note) {
  const expected = sha256(internalToken);
  return (req: IncomingMessage, res: ServerResponse): void => {
    req.resume();
    const token = /^Bearer +(\S{1,512})$/i.exec(req.headers.authorization ?? '')?.[1];
    if (token === undefined || !timingSafeEqual(sha256(token), expected)) {
      res.writeHead(401).end();
      return;
    }
    const url = new URL(req.url ?? '', 'http://site');
    const name = url.pathname.slice(INTERNAL_ARCHIVES_PATH.length + 1);
    const archives = ofPartitions[Number(url.searchParams.get('partition') ?? 0)];
    const [site, epoch] = name.split('_');
    if (archives === undefined) {
      res.writeHead(404).end();
    } else if (name === '') {
      const list = archives.list().map(({ site: of, epoch: at, size, root }) => ({ site: of, epoch: at, size, root }));
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
    } else if (isSiteId(site) && epoch !== undefined && archives.get(site, epoch) !== undefined) {
      res.writeHead(200, { 'content-type': 'application/octet-stream' });
      pipeline(createReadStream(archives.fileOf(site, epoch)), res).catch((cause: unknown) =>
        note('warn', `the archive ${name} was not given whole`, cause),
      );
    } else res.writeHead(404).end();
  };
}

export interface BringOptions {
  readonly partition: number;
  readonly archives: Archives;
  readonly peerUrl: string;
  readonly internalToken: string;
  readonly note: Note;
}

/** True once everything that the other site lists is here, as archive or as stream. */
export async function bringArchives(
  { partition, archives, peerUrl, internalToken, note }: BringOptions,
  has: (site: SiteId, epoch: string) => boolean,
): Promise<boolean> {
  const headers = { authorization: `Bearer ${internalToken}` };
  const at = (name: string): URL => new URL(`${INTERNAL_ARCHIVES_PATH}${name}?partition=${partition}`, peerUrl);
  try {
    const answer = await fetch(at(''), { headers, signal: AbortSignal.timeout(LIST_MS_MAX) });
    if (!answer.ok) return false;
    for (const { site, epoch, size, root } of parseList(await answer.json())) {
      if (has(site, epoch)) continue;
      const one = await fetch(at(`/${site}_${epoch}`), { headers, signal: AbortSignal.timeout(FETCH_MS_MAX) });
      if (!one.ok || one.body === null) return false;
      await mkdir(archives.dir, { recursive: true, mode: 0o700 });
      const file = join(archives.dir, `${site}_${epoch}.brought`);
      await pipeline(
        Readable.fromWeb(one.body as ReadableStream),
        createWriteStream(file, { mode: 0o600, flush: true }),
      );
      if ((await archives.adopt(file, site, epoch, { size, root })) === undefined) {
        note('error', `the archive of ${site}.${epoch} came over damaged`);
        return false;
      }
      note('info', `the archive of ${site}.${epoch} was fetched from the other site`);
    }
    return true;
  } catch (cause) {
    note('warn', 'archives of the other site were not fetched', cause);
    return false;
  }
}

interface Listed {
  readonly site: SiteId;
  readonly epoch: string;
  readonly size: number;
  readonly root: string;
}
function parseList(value: unknown): Listed[] {
  if (!Array.isArray(value)) return [];
  return (value as Partial<Listed>[]).filter(
    (one): one is Listed =>
      isSiteId(one.site) &&
      typeof one.epoch === 'string' &&
      isEpoch(one.epoch) &&
      Number.isSafeInteger(one.size) &&
      typeof one.root === 'string',
  );
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
