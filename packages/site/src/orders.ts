// Court orders as written -> as the log records them, with this site's area of validity.
import type { ApiPorts } from '@vigie/api';
import { compileNewCase, compileOrder, compileSharedZone, compileZones } from '@vigie/orders';
import { fail } from '@vigie/model';
import type { Settings } from './settings.ts';

/** A real device has no business in the future: only recorded tracks, sent faster than they happened, have. */
const FOR_TRACKS_ONLY = [{ field: 'aheadS', reason: 'is for recorded tracks in a demonstration, not for production' }];

export interface InForce {
  /** The version of the rules that whatever is recorded now will be folded by, at least. */
  readonly rulesVersion: () => number;
  /** What an order that is written now may name. */
  readonly hasSharedZone: (zoneId: string) => boolean;
}

export const ordersPort = (
  { area, production }: Pick<Settings, 'area' | 'production'>,
  { rulesVersion, hasSharedZone }: InForce,
): ApiPorts['orders'] => ({
  compileCase: (input, tokenHashes) =>
    production && input.aheadS !== undefined
      ? fail('invalid-input', 'the case asks for what production refuses', { fields: FOR_TRACKS_ONLY })
      : compileNewCase(input, {
          tokenHash: (deviceId) => tokenHashes.get(deviceId) ?? '',
          validity: area,
          rulesVersion: rulesVersion(),
          hasSharedZone,
        }),
  compileOrder: (input, of, baseRevision) =>
    compileOrder(input, {
      timezone: of.timezone,
      canton: of.canton,
      devices: of.devices,
      baseRevision,
      validity: area,
      rulesVersion: rulesVersion(),
      hasSharedZone,
    }),
  compileZones,
  compileZone: (input, of) => compileSharedZone(input, { ...of, validity: area }),
});
