// L13 at a site: a copy that is not what its origin says is given up and copied anew, and everything that was made from it is made
// anew: the site begins again, from a snapshot of before the first entry that differs. What is to be done outlives a crash in a file.
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CopyDoor, type Divergence, FileTrees, Notary, type SiteLog, type Time } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { type SnapshotStore, forgetSnapshotsFrom } from '@vigie/replica';
import type { Note } from './operating-log.ts';
import type { OperatingIncidents } from './operating-incidents.ts';

/** The first entry of an origin that was not what it had to be. */
export interface Distrusted {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: number;
}

/** There from the finding until everything that was made from it is made anew. */
const REBUILD = 'rebuild.json';
const RECORD = 'divergences.jsonl';
const TREES = 'trees';

export interface NotaryParts {
  readonly dataDir: string;
  readonly log: SiteLog & CopyDoor;
  readonly time: Time;
  readonly incidents: Pick<OperatingIncidents, 'set'>;
  readonly note: Note;
  readonly onHeartbeat: (data: unknown) => void;
  /** Ends this site's parts and begins again. */
  readonly again: () => void;
}

export function openNotary({ dataDir, log, time, incidents, note, onHeartbeat, again }: NotaryParts): Promise<Notary> {
  return Notary.open({
    log,
    time,
    store: new FileTrees(join(dataDir, TREES)),
    onSuspect: (site, epoch, size) =>
      incidents.set('divergence', `${site}.${epoch} has another root here than at its site, at size ${size}`),
    onDivergence: (found) => {
      incidents.set('divergence', sayDivergence(found));
      void act(found).catch((cause: unknown) => note('error', 'a diverged copy could not be given up', cause));
    },
    onHeartbeat,
    onFailure: (detail) => note('warn', detail),
  });

  async function act(found: Divergence): Promise<void> {
    await record(dataDir, found, time.nowUs());
    const { site, epoch, first } = found;
    if (found.wrong !== 'copy' || first === undefined) return;
    await distrust(dataDir, { site, epoch, seq: first });
    if (await log.dropCopy(site, epoch)) again();
  }
}

/** At the next beginning, what was made from there on is made anew. */
export async function distrust(dataDir: string, from: Distrusted): Promise<void> {
  const file = join(dataDir, REBUILD);
  // Renamed into place: half a file would keep the site from starting.
  await writeFile(`${file}.new`, JSON.stringify(from), { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}

function sayDivergence({ site, epoch, wrong, first, confirmed }: Divergence): string {
  const at = first === undefined ? `behind ${confirmed}` : `first at ${first}`;
  return wrong === 'copy'
    ? `the copy of ${site}.${epoch} differs from its origin, ${at}; it is copied anew`
    : `${site}.${epoch} is no longer what its site said of it, ${at}; it stays halted until somebody has looked`;
}

/** Quarantine: what lay here, entry by entry, with what was found. Sealed payloads stay sealed. */
async function record(dataDir: string, found: Divergence, nowUs: number): Promise<void> {
  const here = found.here.map(({ seq, bytes }) => ({ seq, bytes: Buffer.from(bytes).toString('base64') }));
  const line = JSON.stringify({ at: new Date(nowUs / 1000).toISOString(), ...found, here });
  await appendFile(join(dataDir, RECORD), `${line}\n`, { mode: 0o600, flush: true });
}

/** What a start has to do because of a divergence; `done` once nothing is left that was made from the bad copy. */
export interface Rebuild {
  readonly distrusted: Distrusted;
  done(): Promise<void>;
}

/** Before anything is read: snapshots at or past the first entry that differs are gone afterwards. */
export async function beginRebuild(
  dataDir: string,
  snapshots: SnapshotStore,
  incidents: Pick<OperatingIncidents, 'set'>,
): Promise<Rebuild | undefined> {
  const file = join(dataDir, REBUILD);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return undefined;
  const distrusted = JSON.parse(text) as Distrusted;
  await forgetSnapshotsFrom(snapshots, distrusted);
  return {
    distrusted,
    done: async () => {
      await rm(file, { force: true });
      incidents.set('divergence', undefined);
    },
  };
}
