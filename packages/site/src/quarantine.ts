// The quarantine of a site: raw bytes of refused reports, for as long as somebody may want to know what is wrong with a device.
import { FileQuarantine, type IngestNote, ingestLimits } from '@vigie/ingest';

/** Days, not hours, are what the bound of age is about. */
const FORGET_EVERY_MS = 86_400_000;

export interface QuarantineSettings {
  readonly dir: string;
  readonly key: Uint8Array;
  readonly nowMs: () => number;
  readonly note: (note: IngestNote) => void;
  readonly onEnd: (end: () => Promise<void>) => void;
}

export async function openQuarantine({ dir, key, nowMs, note, onEnd }: QuarantineSettings): Promise<FileQuarantine> {
  const quarantine = await FileQuarantine.open({ dir, key, note });
  onEnd(() => quarantine.close());
  const forget = async (): Promise<void> => {
    try {
      await quarantine.forgetBefore(nowMs() - ingestLimits.QUARANTINE_AGE_MS_MAX);
    } catch (cause) {
      const detail = 'raw bytes that are too old could not be deleted; it is tried again in a day';
      note({ level: 'error', kind: 'quarantine-failed', detail, cause });
    }
  };
  await forget();
  const timer = setInterval(() => void forget(), FORGET_EVERY_MS);
  onEnd(async () => clearInterval(timer));
  return quarantine;
}
