// Raw bytes of refused reports, on disk, sealed under a key of the site, bounded: two files that take turns, so that the oldest
// half goes when the bound is reached. One write and fsync at a time; what waits travels in the next one. A quarantine that
// cannot be written never costs a good report: it is counted and said. What is of an erased measure, or too old, is cut out of both.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '@vigie/model';
import { QUARANTINE_BYTES_MAX, QUARANTINE_QUEUE_BYTES_MAX } from './limits.ts';
import type { IngestNote, QuarantinePort, QuarantineRecord } from './ports.ts';

export interface QuarantineOptions {
  readonly dir: string;
  /** 32 bytes, of this site; not a key of a measure, because bytes that cannot be read may be anything. */
  readonly key: Uint8Array;
  readonly note: (note: IngestNote) => void;
  readonly bytesMax?: number;
}

const NEWER = 'quarantine.0';
const OLDER = 'quarantine.1';
const LENGTH_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Records that are opened in one go; then other work has its turn. */
const OPENED_PER_SLICE = 200;

export class FileQuarantine implements QuarantinePort {
  readonly #o: QuarantineOptions;
  #file: FileHandle;
  #fileBytes: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #full = false;
  kept = 0;
  dropped = 0;

  private constructor(o: QuarantineOptions, file: FileHandle, fileBytes: number) {
    this.#o = o;
    this.#file = file;
    this.#fileBytes = fileBytes;
  }

  /** Throws when the folder cannot be written: a site does not start without its quarantine. */
  static async open(o: QuarantineOptions): Promise<FileQuarantine> {
    assert(o.key.length === 32, 'the key of the quarantine has 32 bytes');
    const path = join(o.dir, NEWER);
    const whole = wholeRecordsEnd(await readIfThere(path));
    const file = await open(path, 'a', 0o600);
    await file.truncate(whole);
    // Left by an end in the middle of a cut.
    for (const name of [OLDER, NEWER]) await rm(join(o.dir, `${name}.new`), { force: true });
    return new FileQuarantine(o, file, whole);
  }

  keep(record: QuarantineRecord): void {
    const sealed = sealRecord(this.#o.key, record);
    if (this.#waitingBytes + sealed.length > QUARANTINE_QUEUE_BYTES_MAX) {
      this.dropped++;
      if (!this.#full)
        this.#o.note({
          level: 'error',
          kind: 'quarantine-full',
          detail: `more than ${QUARANTINE_QUEUE_BYTES_MAX} bytes wait for the disk (QUARANTINE_QUEUE_BYTES_MAX); raw bytes are being dropped`,
        });
      this.#full = true;
      return;
    }
    this.#waiting.push(sealed);
    this.#waitingBytes += sealed.length;
    this.#writing ??= this.#write();
  }

  /** Cuts out what came from the devices of these measures (D4). Rejects when the disk does: then nothing is lost, and some may be left. */
  erase(measures: ReadonlySet<string>): Promise<void> {
    return this.#only(({ measure }) => !measures.has(measure));
  }
  /** Cuts out what came in before. Rejects like `erase`. */
  forgetBefore(receivedAtMs: number): Promise<void> {
    return this.#only((record) => record.receivedAtMs >= receivedAtMs);
  }

  /** Resolves once everything kept so far is on disk, or said to be lost. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }
  async close(): Promise<void> {
    await this.flush();
    await this.#file.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const records = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#full = false;
      try {
        const bytes = Buffer.concat(records);
        await this.#turn(bytes.length);
        await this.#file.appendFile(bytes);
        await this.#file.datasync();
        this.#fileBytes += bytes.length;
        this.kept += records.length;
      } catch (cause) {
        this.#lost(records.length, cause);
        // What was written of it would garble everything after it.
        await this.#file.truncate(this.#fileBytes).catch((again: unknown) => this.#lost(0, again));
      }
    }
    this.#writing = undefined;
  }

  /** Writes what comes meanwhile afterwards. */
  async #only(stays: (record: QuarantineRecord) => boolean): Promise<void> {
    // Not by way of flush: between its end and here another one could begin.
    while (this.#writing !== undefined) await this.#writing;
    const cut = this.#cut(OLDER, stays).then(() => this.#cut(NEWER, stays));
    this.#writing = cut.catch(() => undefined).then(() => this.#write()); // whoever asked for it is told
    return cut;
  }

  async #cut(name: string, stays: (record: QuarantineRecord) => boolean): Promise<void> {
    const path = join(this.#o.dir, name);
    const bytes = await readIfThere(path);
    const left: Buffer[] = [];
    let count = 0;
    for (const sealed of sealedRecords(bytes)) {
      if (stays(openRecord(this.#o.key, sealed.subarray(LENGTH_BYTES)))) left.push(sealed);
      if (++count % OPENED_PER_SLICE === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    if (left.length === count) return;
    const kept = Buffer.concat(left);
    await rm(`${path}.new`, { force: true });
    // The handle outlives the renaming, so that there is no moment in which what comes is written to a file that is gone.
    const file = await open(`${path}.new`, 'a', 0o600);
    try {
      await file.appendFile(kept);
      await file.datasync();
      await rename(`${path}.new`, path);
    } catch (cause) {
      await file.close();
      throw cause;
    }
    const done = name === NEWER ? this.#file : file;
    if (name === NEWER) {
      this.#file = file;
      this.#fileBytes = kept.length;
    }
    await done.close();
  }

  #lost(records: number, cause: unknown): void {
    this.dropped += records;
    const detail = `raw bytes of ${records} refused reports could not be kept`;
    this.#o.note({ level: 'error', kind: 'quarantine-failed', detail, cause });
  }

  async #turn(bytes: number): Promise<void> {
    const half = (this.#o.bytesMax ?? QUARANTINE_BYTES_MAX) / 2;
    if (this.#fileBytes === 0 || this.#fileBytes + bytes <= half) return;
    const newer = join(this.#o.dir, NEWER);
    await rename(newer, join(this.#o.dir, OLDER));
    const full = this.#file;
    this.#file = await open(newer, 'a', 0o600);
    this.#fileBytes = 0;
    await full.close();
  }
}

/** `<length u32><nonce 12><ciphertext><tag 16>`; inside: `<length u32><JSON header><raw bytes>`. */
function sealRecord(key: Uint8Array, { raw, ...header }: QuarantineRecord): Uint8Array {
  const head = Buffer.from(JSON.stringify(header));
  const plain = Buffer.allocUnsafe(4 + head.length + raw.length);
  plain.writeUInt32BE(head.length, 0);
  plain.set(head, 4);
  plain.set(raw, 4 + head.length);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = cipher.update(plain);
  cipher.final();
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(NONCE_BYTES + text.length + TAG_BYTES, 0);
  return Buffer.concat([length, nonce, text, cipher.getAuthTag()]);
}

/** The whole records, each with its length in front; a crash may have cut the last one short. */
function* sealedRecords(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + LENGTH_BYTES <= bytes.length; ) {
    const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
    if (end > bytes.length) return;
    yield bytes.subarray(at, end);
    at = end;
  }
}
function wholeRecordsEnd(bytes: Buffer): number {
  let end = 0;
  for (const record of sealedRecords(bytes)) end += record.length;
  return end;
}

/** Everything in quarantine, oldest first. A wrong key throws. */
export async function readQuarantine(dir: string, key: Uint8Array): Promise<readonly QuarantineRecord[]> {
  const records: QuarantineRecord[] = [];
  for (const name of [OLDER, NEWER]) {
    for (const sealed of sealedRecords(await readIfThere(join(dir, name))))
      records.push(openRecord(key, sealed.subarray(LENGTH_BYTES)));
  }
  return records;
}

function openRecord(key: Uint8Array, sealed: Buffer): QuarantineRecord {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = Buffer.concat([
    decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)),
    decipher.final(),
  ]);
  const start = 4 + plain.readUInt32BE(0);
  const header = JSON.parse(plain.toString('utf8', 4, start)) as Omit<QuarantineRecord, 'raw'>;
  return { ...header, raw: plain.subarray(start) };
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return Buffer.alloc(0);
    throw cause;
  }
}
