// The keys of the measures as the parts of a site need them: the fold opens and waits, the API makes and passes on, ingest seals.
import type { MeasureKeys } from '@vigie/log';
import type { KeysPort } from '@vigie/api';
import type { KeyRing } from '@vigie/replica';
import { fail, ok, partitionOf, partitionOfCase, utf8Decode, utf8Encode } from '@vigie/model';
import type { PeerKeys } from './peer-keys.ts';
import type { Note } from './operating-log.ts';

export interface SiteKeys {
  readonly ring: KeyRing;
  readonly port: KeysPort;
  /** Undefined = the measure's key is not held here. */
  seal(measure: string, plain: Uint8Array): Uint8Array | undefined;
  /** The measure is erased: true if its key was here. Rejects when the disk does. */
  destroy(measure: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface SiteKeysOptions {
  readonly keys: MeasureKeys;
  readonly peer: PeerKeys;
  readonly partitions: number;
  /** False: items stay as they are (a test setting). */
  readonly sealing: boolean;
  readonly note: Note;
}

export function siteKeys({ keys, peer, partitions, sealing, note }: SiteKeysOptions): SiteKeys {
  const diskTrouble = (cause: unknown) => {
    note('error', 'a key could not be written to the key file', cause);
    return fail('disk-full', 'the key file cannot be written', { cause });
  };
  const open: KeyRing['open'] = (measure, bytes) => (sealing ? keys.open(measure, bytes) : ok(bytes));
  const ring: KeyRing = {
    has: (measure) => !sealing || keys.has(measure),
    open,
    seal: (measure, plain) => (sealing ? keys.seal(measure, plain) : ok(plain)),
    fetch: async (measure) => {
      try {
        return await keys.fetch(measure);
      } catch (cause) {
        diskTrouble(cause);
        return false;
      }
    },
  };
  const port: KeysPort = {
    create: async (caseId) => {
      try {
        const partition = partitionOfCase(caseId, partitions);
        const measure = await keys.create((drawn) => partitionOf(drawn, partitions) === partition);
        await peer.offer(measure, keys.wrapped(measure) as string);
        return ok(measure);
      } catch (cause) {
        return diskTrouble(cause);
      }
    },
    open,
    give: (measure) => {
      const wrapped = keys.wrapped(measure);
      return wrapped === undefined ? undefined : utf8Encode(wrapped);
    },
    take: async (measure, bytes) => {
      try {
        return (await keys.accept(measure, utf8Decode(bytes)))
          ? ok(undefined)
          : fail('invalid-input', 'not a key of this cluster, or another one than is held here');
      } catch (cause) {
        return diskTrouble(cause);
      }
    },
  };
  return {
    ring,
    port,
    seal: (measure, plain) => {
      const sealed = ring.seal(measure, plain);
      return sealed.ok ? sealed.value : undefined;
    },
    destroy: (measure) => keys.destroy(measure),
    close: () => keys.close(),
  };
}
