// Court orders as written -> as the log records them, with this site's area of validity.
import type { ApiPorts } from '@vigie/api';
import { ok } from '@vigie/model';
import { compileNewCase, compileOrder } from '@vigie/orders';
import type { AreaOfValidity } from './settings.ts';

export function ordersPort(area: AreaOfValidity | undefined): ApiPorts['orders'] {
  return {
    compileCase: (input, tokenHashes) => {
      const compiled = compileNewCase(input, {
        tokenHash: (deviceId) => tokenHashes.get(deviceId) ?? '',
        validity: area,
      });
      return compiled.ok ? ok(compiled.value.recorded) : compiled;
    },
    compileOrder: (input, of, baseRevision) => {
      const compiled = compileOrder(input, {
        timezone: of.timezone,
        devices: of.devices,
        baseRevision,
        validity: area,
      });
      return compiled.ok ? ok(compiled.value.recorded) : compiled;
    },
  };
}
