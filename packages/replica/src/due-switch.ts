// Whether rules newer than those in force are to be switched to (docs/decisions/0020), and by which site.
import type { SiteLog } from '@vigie/log';
import { type SiteId, otherSite } from '@vigie/model';
import type { Replica } from './replica.ts';

export interface DueSwitchOptions {
  readonly site: SiteId;
  readonly log: Pick<SiteLog, 'peer'>;
  readonly replica: Pick<Replica, 'rules'> & { readonly merge: Pick<Replica['merge'], 'hasLeft' | 'isRetired'> };
}

/** The version to switch to; undefined: nothing newer, or not this site's to say. Noirmont says it while joined; a site that is alone, itself. */
export function dueSwitch({ site, log, replica }: DueSwitchOptions): number | undefined {
  const { rules, merge } = replica;
  const other = otherSite(site);
  const isAlone = merge.hasLeft(other) || merge.isRetired(other);
  const known = isAlone ? rules.knownBy(site) : rules.knownByBoth;
  if (known <= rules.newest) return undefined;
  return isAlone || (site === 'noirmont' && log.peer().joined) ? known : undefined;
}
