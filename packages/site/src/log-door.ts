// The log as it lies on this site's disk, for a replay that runs elsewhere while the site goes on. Entries come as they are stored,
// sealed; who asks shows the token that the sites show each other, and needs the wrapping key to open anything.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SiteLog, encodeStored } from '@vigie/log';
import { isEpoch, isSiteId, seqOf } from '@vigie/model';
import type { Note } from './operating-log.ts';

export const INTERNAL_LOG_PATH = '/internal/log';
/** Entries in one answer: at most some 20 MB. */
const ENTRIES_MAX = 256;

/**
 * GET /internal/log: every epoch and its end; GET /internal/log/<site>/<epoch>?from=N: the entries from there on, the first few. Both of
 * the partition that `partition` names, or the first.
 */
export function logListener(
  logs: readonly Pick<SiteLog, 'site' | 'extents' | 'read'>[],
  internalToken: string,
  note: Note,
): (req: IncomingMessage, res: ServerResponse) => void {
  const expected = sha256(internalToken);
  return (req, res) => {
    req.resume();
    const token = /^Bearer +(\S{1,512})$/i.exec(req.headers.authorization ?? '')?.[1];
    if (token === undefined || !timingSafeEqual(sha256(token), expected)) {
      res.writeHead(401).end();
      return;
    }
    const url = new URL(req.url ?? '', 'http://site');
    const [site, epoch = '', ...more] = url.pathname.slice(INTERNAL_LOG_PATH.length + 1).split('/');
    const from = Number(url.searchParams.get('from') ?? 1);
    const log = logs[Number(url.searchParams.get('partition') ?? 0)];
    if (log === undefined) {
      res.writeHead(404).end();
    } else if (site === '') {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ site: log.site, partitions: logs.length, extents: log.extents() }));
    } else if (!isSiteId(site) || !isEpoch(epoch) || more.length > 0 || !(Number.isSafeInteger(from) && from > 0)) {
      res.writeHead(404).end();
    } else {
      log.read(site, epoch, seqOf(from), ENTRIES_MAX).then(
        (messages) => {
          res.writeHead(200, { 'content-type': 'application/octet-stream' });
          for (const message of messages) res.write(encodeStored(message));
          res.end();
        },
        (cause: unknown) => {
          note('warn', `entries of ${site}.${epoch} could not be given out`, cause);
          res.destroy();
        },
      );
    }
  };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
