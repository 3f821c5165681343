import { useWords, wordFor } from '../i18n/language.ts';
import { dayAndTime } from '../i18n/quantities.ts';
import type { Focus } from '../state/console-state.ts';
import { Refusal } from './refusal.tsx';

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
          {history.value.map((step) => (
            <li key={step.step} data-step={step.kind}>
              <time dateTime={step.at}>{dayAndTime(language, step.at)}</time>
              <span>
                {wordFor(say, 'history', step.kind)}{' '}
                <small>
                  {step.by === null ? say('history.system') : say('history.by', { who: step.by })}
                  {step.site !== null && ` · ${say(`site.${step.site}`)}`}
                  {!step.settled && ` · ${say('mark.provisional')}`}
                </small>
                {step.note !== undefined && <q>{step.note}</q>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
