// The operating log of a site: what happened to the system, never to a person. No name, device id, token or coordinate is written.
import { type Logger, pino } from 'pino';
import type { SiteId } from '@vigie/model';

export type Note = (level: 'info' | 'warn' | 'error', detail: string, cause?: unknown) => void;

export interface OperatingLog {
  readonly logger: Logger;
  readonly note: Note;
}

export function operatingLog(site: SiteId, level: string): OperatingLog {
  const logger = pino({
    level,
    base: { site },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['headers.authorization', 'authorization', 'token', 'password'],
  });
  return {
    logger,
    note: (at, detail, cause) => {
      logger[at](cause === undefined ? {} : { cause: describe(cause) }, detail);
    },
  };
}

/** The message chain of an error, without stack or data: those may hold what was being handled. */
function describe(cause: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = cause; at instanceof Error && parts.length < 5; at = at.cause)
    parts.push(`${at.name}: ${at.message}`);
  return parts.length > 0 ? parts.join(' <- ') : String(cause);
}
