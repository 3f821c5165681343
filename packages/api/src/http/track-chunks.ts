// Chunks of a track as the rows keep them, opened for those who may see them.
import { ReportBatchReader } from '@vigie/model';
import type { ChunkRecord } from '@vigie/projections';
import type { ApiPorts } from '../ports.ts';
import { problem } from './problem.ts';

/** Chunks of one answer; a period that holds more is asked for in parts. */
export const CHUNKS_MAX = 20_000;
/** A passive measure is looked at afterwards: nothing younger than this is shown. */
export const PASSIVE_DELAY_MS = 24 * 60 * 60_000;
/** Opened in one go, a few milliseconds; then others have their turn. */
const OPENED_PER_SLICE = 500;

export interface OpenedChunk {
  readonly chunk: ChunkRecord;
  readonly bytes: Uint8Array;
}

export const badPeriod = (field: string, reason: string): Response =>
  problem('invalid-input', { status: 400, fields: [{ field, reason }] });

/** Those that cannot be opened or read are said and left out. Undefined = a key is not held here. */
export async function openChunks(
  ports: Pick<ApiPorts, 'keys' | 'note'>,
  chunks: readonly ChunkRecord[],
): Promise<readonly OpenedChunk[] | undefined> {
  const reader = new ReportBatchReader();
  const all: OpenedChunk[] = [];
  for (const [i, chunk] of chunks.entries()) {
    if (i % OPENED_PER_SLICE === OPENED_PER_SLICE - 1) await new Promise<void>((resolve) => setImmediate(resolve));
    const opened = chunk.plain
      ? { ok: true as const, value: chunk.bytes }
      : ports.keys.open(chunk.measure, chunk.bytes);
    const name = `a chunk at ${chunk.site}.${chunk.epoch}:${chunk.seq}`;
    if (!opened.ok) {
      if (opened.error.kind === 'key-missing') return undefined;
      ports.note('error', `${name} cannot be opened`, opened.error);
      continue;
    }
    try {
      reader.reset(opened.value);
    } catch (cause) {
      ports.note('error', `${name} is no batch of reports`, cause);
      continue;
    }
    all.push({ chunk, bytes: opened.value });
  }
  return all;
}
