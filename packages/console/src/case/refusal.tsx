import { useWords } from '../i18n/language.ts';
import type { Loaded } from '../state/console-state.ts';

/** What stands where data would be: that it is coming, why it may not be seen, or that it could not be read. */
export function Refusal({ of }: { readonly of: Exclude<Loaded<unknown>, { kind: 'loaded' }> }) {
  const { say } = useWords();
  if (of.kind === 'loading') return <p className="panel-hint">{say('case.loading')}</p>;
  if (of.kind === 'unreachable') return <p className="panel-hint">{say('case.unreachable')}</p>;
  const passive = of.problem.type.endsWith('mode-passive');
  return <p className="panel-hint">{passive ? say('case.passive') : (of.problem.detail ?? of.problem.title)}</p>;
}
