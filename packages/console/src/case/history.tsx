import type { IncidentDetail, StepView } from '@vigie/api/contract';
import type { MessageKey } from '../i18n/fr.ts';
import { type Say, useWords, wordFor } from '../i18n/language.ts';
import { clockTime, dayAndTime } from '../i18n/quantities.ts';
import type { Focus } from '../state/console-state.ts';
import { Refusal } from './refusal.tsx';

const LEVELS: readonly MessageKey[] = ['ladder.1', 'ladder.2', 'ladder.3', 'ladder.4'];
const OUTCOMES = {
  under_way: 'told.under_way',
  delivered: 'told.delivered',
  delayed: 'told.delayed',
  given_up: 'told.given_up',
} as const;

/** `escalated.2`, or `escalated.2.3` of a later climb: the level is the second part. */
function nameOf(say: Say, { kind, step, alone }: Pick<StepView, 'kind' | 'step' | 'alone'>): string {
  if (kind === 'confirmed' && alone) return say('history.confirmedAlone');
  const word = kind === 'escalated' ? LEVELS[Number(step.split('.')[1]) - 1] : undefined;
  return word === undefined ? wordFor(say, 'history', kind) : say(word);
}

export function History({ history }: { readonly history: Focus['history'] }) {
  const { say, language } = useWords();
  if (history === null) return null;
  return (
    <section className="block">
      <h3>{say('case.history')}</h3>
      {history.kind !== 'loaded' ? (
        <Refusal of={history} />
      ) : (
        <ol className="history">
          {history.value.steps.map((step) => (
            <li key={step.step} data-step={step.kind}>
              <time dateTime={step.at}>{dayAndTime(language, step.at)}</time>
              <span>
                {nameOf(say, step)}{' '}
                <small>
                  {step.by === null ? say('history.system') : say('history.by', { who: step.by })}
                  {step.site !== null && ` · ${say(`site.${step.site}`)}`}
                  {!step.settled && ` · ${say('mark.provisional')}`}
                  {step.alone && ` · ${say('mark.alone')}`}
                </small>
                {step.note !== undefined && <q>{step.note}</q>}
              </span>
            </li>
          ))}
        </ol>
      )}
      {history.kind === 'loaded' && <Told detail={history.value} />}
    </section>
  );
}

/** Who was told outside the console, and who is next if nobody acknowledges. */
function Told({
  detail: { escalation, deliveries },
}: {
  readonly detail: Pick<IncidentDetail, 'escalation' | 'deliveries'>;
}) {
  const { say, language } = useWords();
  const who = escalation === null ? undefined : LEVELS[escalation.level];
  return (
    <>
      {who !== undefined && escalation?.nextAt != null && (
        <p className="panel-hint" data-ladder={escalation.level + 1}>
          {say('ladder.next', { who: say(who), at: clockTime(language, escalation.nextAt) })}
        </p>
      )}
      {deliveries.length > 0 && (
        <ol className="history" aria-label={say('told.title')}>
          {deliveries.map((one) => (
            <li key={`${one.step} ${one.receiver}`} data-told={one.outcome}>
              <time dateTime={one.outcomeAt ?? one.at}>{dayAndTime(language, one.outcomeAt ?? one.at)}</time>
              <span>
                {say(OUTCOMES[one.outcome], { who: one.receiver })}{' '}
                <small>
                  {nameOf(say, { step: one.step, kind: one.step.split('.')[0] ?? one.step })} ·{' '}
                  {say(`site.${one.site}`)}
                </small>
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
