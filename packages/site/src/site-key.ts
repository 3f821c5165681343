import { hkdfSync } from 'node:crypto';
import type { SiteId } from '@vigie/model';

/** A key of its own for each site and use, made from the one its operator gives. */
export const siteKey = (site: SiteId, wrappingKey: Uint8Array, use: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', wrappingKey, '', `vigie ${use} ${site}`, 32));
