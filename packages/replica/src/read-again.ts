// Reads what was parked from the own log again. Never throws: what is not given now is asked for again.
import type { Merge, OriginMessage, SiteLog } from '@vigie/log';

export async function readAgain(
  log: SiteLog,
  { site, epoch, from, limit }: NonNullable<Merge['wanted']>,
): Promise<readonly OriginMessage[]> {
  try {
    return await log.read(site, epoch, from, limit);
  } catch {
    // The log server is away, which is said where it is noticed.
    return [];
  }
}
