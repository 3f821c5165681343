// A recorded log as text: one message a line, its bytes in base64, sealed with the keys of tests. And what has to come out of it.
import { readFileSync } from 'node:fs';
import { type OriginMessage, originMessage } from '@vigie/log';
import { isSiteId } from '@vigie/model';
import type { ReplayResult } from '../replay.ts';

export interface GoldenExpectation {
  readonly digest: string;
  readonly settledT: number;
  /** Recorded digests that were compared: fewer later would prove less. */
  readonly compared: number;
  readonly incidents: readonly string[];
  readonly published: readonly string[];
}

export const lineOf = ({ site, epoch, seq, bytes }: OriginMessage): string =>
  `${JSON.stringify({ site, epoch, seq, bytes: Buffer.from(bytes).toString('base64') })}\n`;

export function readGoldenLog(file: string): OriginMessage[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { site, epoch, seq, bytes } = JSON.parse(line) as Record<'site' | 'epoch' | 'bytes', string> & {
        seq: number;
      };
      if (!isSiteId(site)) throw new Error(`${file}: ${site} is no site`);
      return originMessage(site, epoch, seq, Buffer.from(bytes, 'base64'));
    });
}

export const expectationOf = (replay: ReplayResult): GoldenExpectation => ({
  digest: replay.digest,
  settledT: replay.settledT,
  compared: replay.recorded.compared,
  incidents: replay.incidents.map(
    (one) =>
      `${one.incidentId} ${one.caseId} ${one.ruleId} ${one.certainty} ${one.status} ${one.openedAtMs}-${one.closedAtMs ?? ''}`,
  ),
  published: replay.published.map(({ incidentId, type }) => `${incidentId} ${type}`).sort(),
});
