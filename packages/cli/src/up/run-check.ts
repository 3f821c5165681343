// `./vigie up --check`: both sites on free ports with an empty data folder, fed and judged, ended again. Bounded in time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckResult, runCheck } from '@vigie/sim';
import { startCluster } from './cluster.ts';
import { checkLoad } from './load.ts';

export type UpCheckOptions = {
  readonly persons?: number;
  readonly feed?: string | undefined;
  readonly speed?: number | undefined;
  readonly data?: string;
  /** Free ones, if left out. */
  readonly port?: number;
  readonly json: boolean;
};

export async function runUpCheck(options: UpCheckOptions): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`check: ${line}\n`);
  checkLoad(options);
  const dataDir = options.data ?? mkdtempSync(join(tmpdir(), 'vigie-check-'));
  say(`starting both sites in ${dataDir}`);
  const cluster = await startCluster({
    dataDir,
    port: options.port ?? 0,
    fresh: true,
    areaOfValidity: options.feed === undefined ? 'CH' : 'off',
    say,
    onLost: (site, program, pid, exit) =>
      say(`${site} lost its ${program} (process ${pid}, ${exit.signal ?? exit.code})`),
  });
  let result: CheckResult;
  try {
    result = await runCheck({
      access: { urls: cluster.urls, tokens: cluster.tokens },
      ...(options.feed === undefined ? {} : { feedDir: options.feed }),
      ...(options.speed === undefined ? {} : { speed: options.speed }),
      ...(options.persons === undefined ? {} : { persons: options.persons }),
      say,
    });
  } finally {
    await cluster.stop();
    if (options.data === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
  process.stdout.write(`${options.json ? JSON.stringify(result) : summary(result)}\n`);
  return result.ok ? 0 : 1;
}

function summary(result: CheckResult): string {
  const { reports, incidents } = result;
  return [
    `reports    ${reports.sent} sent, ${reports.acknowledged} acknowledged (${reports.both} at both sites, ${reports.site} at one)`,
    `incidents  ${incidents.expected} expected, ${incidents.missing} missing, ${incidents.extra} extra; ` +
      `Le Noirmont shows ${incidents.noirmont}, Delémont ${incidents.delemont}${incidents.equal ? ', the same' : ', NOT the same'}`,
    `digests    ${result.digestsEqual ? 'equal' : 'NOT equal'}`,
    `delays     settled behind live ${ms(result.settledBehindMs)}; report to incident at the other site ${ms(result.reportToIncidentMs)}`,
    `${result.ok ? 'ok' : 'FELL SHORT'}, ${result.elapsedS.toFixed(1)} s`,
  ].join('\n');
}

const ms = ({ p50, p99 }: CheckResult['settledBehindMs']): string =>
  `p50 ${Math.round(p50 ?? Number.NaN)} ms, p99 ${Math.round(p99 ?? Number.NaN)} ms`;
