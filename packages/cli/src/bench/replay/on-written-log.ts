// The ground of the benchmarks of reading: both log servers, a country of cases written into their logs, and a reader's folder with the keys.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeasureKeys } from '@vigie/log';
import { keyFileOf } from '@vigie/log/bench';
import { BenchCountry, measureOf } from './bench-country.ts';
import { type LogServers, startLogServers } from './log-servers.ts';
import { WrittenLog } from './written-log.ts';

export interface BenchReadingOptions {
  readonly persons: number;
  readonly reports: number;
  readonly perUpload: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

export interface Ground {
  readonly servers: LogServers;
  /** Its cases are written. */
  readonly log: WrittenLog;
  /** Who reads: a site with all keys. */
  readonly reader: {
    readonly site: 'noirmont';
    readonly url: string;
    readonly dir: string;
    readonly wrappingKeyHex: string;
  };
  /** After the last upload: the log is read, not written. */
  readonly written: () => Promise<void>;
}

/** Everything is gone afterwards. */
export async function onWrittenLog<Result>(persons: number, run: (ground: Ground) => Promise<Result>): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  let servers: LogServers | undefined;
  try {
    servers = await startLogServers(dir);
    const wrappingKey = randomBytes(32);
    const reader = join(dir, 'reader');
    mkdirSync(reader);
    const file = join(reader, 'keys.jsonl');
    await keyFileOf(
      file,
      wrappingKey,
      Array.from({ length: persons }, (_, i) => measureOf(i)),
    );
    const keys = await MeasureKeys.open({ file, wrappingKey });
    const log = await WrittenLog.begin(servers, new BenchCountry(persons), keys);
    await log.cases();
    return await run({
      servers,
      log,
      reader: {
        site: 'noirmont',
        url: servers.urls.noirmont,
        dir: reader,
        wrappingKeyHex: wrappingKey.toString('hex'),
      },
      written: async () => {
        await log.close();
        await keys.close();
      },
    });
  } finally {
    await servers?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
