// Rules switched off and on by people, wired to the logs: what may be asked for, and the entries that ask and approve, in every partition
// under one id. What failed half way is done by saying it again.
import type { ApiPorts } from '@vigie/api';
import { SWITCHES_SINCE } from '@vigie/engine';
import type { AppendResult, SiteLog } from '@vigie/log';
import { must } from '@vigie/model';
import { type Replica, SWITCHES_MAX } from '@vigie/replica';

interface Folded {
  readonly log: Pick<SiteLog, 'append'>;
  readonly replica: Pick<Replica, 'rules' | 'switched'>;
}

/** @param partitions of the site's log; each comes to the same switches, the first shows them */
export function rulesPort(partitions: readonly Folded[], nowMs: () => number): ApiPorts['rules'] {
  const first = must(partitions[0], 'a site has a partition').replica;
  return {
    state: () => ({
      off: first.switched.off(),
      asked: first.switched.asked(nowMs() * 1000),
      closed: partitions.map(({ replica }) => closed(replica)).find((why) => why !== undefined),
    }),
    append: async (entryId, data) => {
      let stored: AppendResult | undefined;
      for (const { log } of partitions) {
        const result = await log.append({ kind: 'rule_switched', entryId, items: [], data });
        if (result.kind !== 'stored') return result;
        stored ??= result;
      }
      return must(stored, 'a site has a partition');
    },
  };
}

/** Both an ask and its approval need room. */
function closed({ rules, switched }: Pick<Replica, 'rules' | 'switched'>): string | undefined {
  if (rules.newest < SWITCHES_SINCE)
    return `rules are switched from version ${SWITCHES_SINCE} of the rules on; the sites still fold by ${rules.newest}`;
  return switched.count + 2 > SWITCHES_MAX ? `${SWITCHES_MAX} switches are in the log: no more are counted` : undefined;
}
