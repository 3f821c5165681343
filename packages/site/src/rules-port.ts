// Rules switched off and on by people, wired to the log: what may be asked for, and the entries that ask and approve.
import type { ApiPorts } from '@vigie/api';
import { SWITCHES_SINCE } from '@vigie/engine';
import type { SiteLog } from '@vigie/log';
import { type Replica, SWITCHES_MAX } from '@vigie/replica';

export const rulesPort = (
  log: Pick<SiteLog, 'append'>,
  replica: Pick<Replica, 'rules' | 'switched'>,
  nowMs: () => number,
): ApiPorts['rules'] => ({
  state: () => ({
    off: replica.switched.off(),
    asked: replica.switched.asked(nowMs() * 1000),
    closed: closed(replica),
  }),
  append: (entryId, data) => log.append({ kind: 'rule_switched', entryId, items: [], data }),
});

/** Both an ask and its approval need room. */
function closed({ rules, switched }: Pick<Replica, 'rules' | 'switched'>): string | undefined {
  if (rules.newest < SWITCHES_SINCE)
    return `rules are switched from version ${SWITCHES_SINCE} of the rules on; the sites still fold by ${rules.newest}`;
  return switched.count + 2 > SWITCHES_MAX ? `${SWITCHES_MAX} switches are in the log: no more are counted` : undefined;
}
