// Raw bytes of refused reports, on disk, sealed under a key of the site, bounded: two files that take turns, so that the oldest
// half goes when the bound is reached. One write and fsync at a time; what waits travels in the next one. A quarantine that
// cannot be written never costs a good report: it is counted and said.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
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
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

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

/** A crash may have cut the last record short: where the whole ones end. */
function wholeRecordsEnd(bytes: Buffer): number {
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    at = end;
  }
  return at;
}

/** Everything in quarantine, oldest first. A wrong key throws. */
export async function readQuarantine(dir: string, key: Uint8Array): Promise<readonly QuarantineRecord[]> {
  const records: QuarantineRecord[] = [];
  for (const name of [OLDER, NEWER]) {
    const bytes = await readIfThere(join(dir, name));
    const whole = wholeRecordsEnd(bytes);
    for (let at = 0; at < whole; ) {
      const end = at + 4 + bytes.readUInt32BE(at);
      records.push(openRecord(key, bytes.subarray(at + 4, end)));
      at = end;
    }
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
