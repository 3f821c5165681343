// Court orders as written -> as the log records them, with this site's area of validity.
import type { ApiPorts } from '@vigie/api';
import { compileNewCase, compileOrder } from '@vigie/orders';
import type { AreaOfValidity } from './settings.ts';

export const ordersPort = (area: AreaOfValidity | undefined): ApiPorts['orders'] => ({
  compileCase: (input, tokenHashes) =>
    compileNewCase(input, { tokenHash: (deviceId) => tokenHashes.get(deviceId) ?? '', validity: area }),
  compileOrder: (input, of, baseRevision) =>
    compileOrder(input, { timezone: of.timezone, devices: of.devices, baseRevision, validity: area }),
});
