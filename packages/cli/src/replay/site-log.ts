// The log of a running site, read through it: the site goes on meanwhile. What it appends after this began is left out.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EpochExtent, MeasureKeys, type OriginMessage, decodeStored, readWrappingKey } from '@vigie/log';
import { type SiteId, compareEpochs, isCaseKind, must } from '@vigie/model';
import { CouldNotRun } from '../process/could-not-run.ts';
import { filesOf } from '../up/layout.ts';
import type { RecordedLog } from './recorded-log.ts';

const ANSWER_MS_MAX = 30_000;

/** What opens a site's log: of an `up`, its data folder has both; of a deployment, as its processes are given them. */
export interface SiteAccess {
  readonly internalToken: string;
  readonly wrappingKeyFile: string;
}

export function siteAccess(dataDir: string, env: NodeJS.ProcessEnv = process.env): SiteAccess {
  const files = filesOf(dataDir);
  const wrappingKeyFile = env['WRAPPING_KEY_FILE'] ?? files.wrappingKey;
  const internalToken =
    env['INTERNAL_TOKEN'] ??
    (existsSync(files.secrets)
      ? (JSON.parse(readFileSync(files.secrets, 'utf8')) as { internalToken: string }).internalToken
      : undefined);
  if (internalToken === undefined || !existsSync(wrappingKeyFile))
    throw new CouldNotRun(
      `--site needs what opens its log: INTERNAL_TOKEN and WRAPPING_KEY_FILE in the environment, or --data with the folder of its ./vigie up (${dataDir} has none)`,
    );
  return { internalToken, wrappingKeyFile };
}

export async function openSiteLog(url: string, access: SiteAccess, partition = 0): Promise<RecordedLog> {
  const ask = async (path: string): Promise<Response> => {
    const answer = await fetch(new URL(path, url), {
      headers: { authorization: `Bearer ${access.internalToken}` },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch((cause: unknown) => {
      throw new CouldNotRun(`${url} does not answer`, { cause });
    });
    if (answer.status === 401) throw new CouldNotRun(`${url} does not take the token: it is of another cluster`);
    return answer;
  };
  const listed = await ask(`/internal/log?partition=${partition}`);
  if (!listed.ok)
    throw new CouldNotRun(`${url} does not give out its log (${listed.status}): it is of an older version`);
  const answered = (await listed.json()) as { site: SiteId; partitions?: number; extents: EpochExtent[] };
  const { site, partitions = 1, extents } = answered;
  const inOrder = extents.toSorted((a, b) =>
    a.site === b.site ? compareEpochs(a.epoch, b.epoch) : a.site < b.site ? -1 : 1,
  );
  const dir = mkdtempSync(join(tmpdir(), 'vigie-replay-'));
  const keys = await MeasureKeys.open({
    file: join(dir, 'keys.jsonl'),
    wrappingKey: await readWrappingKey(access.wrappingKeyFile),
    fetch: async (measure) => {
      const answer = await ask(`/internal/keys/${measure}`);
      return answer.ok ? answer.text() : undefined;
    },
  });
  /** Whatever is opened later is opened at once. */
  const withKeys = async (message: OriginMessage): Promise<OriginMessage> => {
    if (message.entry.ok && isCaseKind(message.entry.value.kind))
      for (const { measure } of message.entry.value.items) if (!keys.has(measure)) await keys.fetch(measure);
    return message;
  };
  async function* epochOf({ site: of, epoch, lastSeq }: EpochExtent): AsyncGenerator<OriginMessage> {
    for (let from = 1; from <= lastSeq; ) {
      const answer = await ask(`/internal/log/${of}/${epoch}?from=${from}&partition=${partition}`);
      const read = answer.ok ? decodeStored(of, epoch, new Uint8Array(await answer.arrayBuffer())) : undefined;
      if (read === undefined) throw new CouldNotRun(`${url} gave ${of}.${epoch} from ${from} on cut short`);
      if (read.length === 0) return;
      for (const message of read) if (message.seq <= lastSeq) yield await withKeys(message);
      from += read.length;
    }
  }
  return {
    site,
    partition,
    partitions,
    extents: inOrder,
    grows: true,
    messages: () => oldestFirst(inOrder.map(epochOf)),
    keys,
    close: async () => {
      await keys.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** By log time, so that neither origin is held in memory while the other is read. */
async function* oldestFirst(epochs: readonly AsyncGenerator<OriginMessage>[]): AsyncGenerator<OriginMessage> {
  const heads: { readonly from: AsyncGenerator<OriginMessage>; message: OriginMessage; t: number }[] = [];
  for (const from of epochs) {
    const { value, done } = await from.next();
    if (done !== true) heads.push({ from, message: value, t: timeOf(value) });
  }
  while (heads.length > 0) {
    let first = 0;
    for (let i = 1; i < heads.length; i++) if ((heads[i]?.t ?? 0) < (heads[first]?.t ?? 0)) first = i;
    const head = must(heads[first], 'in range');
    yield head.message;
    const { value, done } = await head.from.next();
    if (done === true) heads.splice(first, 1);
    else Object.assign(head, { message: value, t: Math.max(head.t, timeOf(value)) });
  }
}
const timeOf = ({ entry }: OriginMessage): number => (entry.ok ? entry.value.t : 0);
