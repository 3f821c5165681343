import type { Language, SiteId } from '@vigie/api/contract';
import { type Say, useWords } from '../i18n/language.ts';
import { clockTime } from '../i18n/quantities.ts';
import { useDesk } from '../shell/desk-context.ts';
import type { StepOutcome } from '../state/console-state.ts';

export function Outcome({ incidentId }: { readonly incidentId: string }) {
  const { say, language } = useWords();
  const outcome = useDesk((state) => state.outcomes.get(incidentId));
  const site = useDesk((state) => state.link.at);
  return (
    <p className="outcome" role="status" data-outcome={outcome?.kind}>
      {outcome === undefined ? null : told(outcome, site, say, language)}
    </p>
  );
}

function told(outcome: StepOutcome, site: SiteId, say: Say, language: Language): string {
  switch (outcome.kind) {
    case 'sending':
    case 'settled':
    case 'unknown':
      return say(`outcome.${outcome.kind}`);
    case 'unsettled':
    case 'alone':
      return say(`outcome.${outcome.kind}`, { site: say(`site.${site}`) });
    case 'held': {
      const { by } = outcome;
      const place = by.site === null ? '' : `${say(`site.${by.site}`)}, `;
      return say('outcome.held', { who: by.subject, when: place + clockTime(language, by.at) });
    }
    case 'refused':
      return say('outcome.refused', { why: outcome.problem.detail ?? outcome.problem.title });
  }
}
