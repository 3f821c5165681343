// What is wrong, said beside the field it is about and listed once at the top, each entry leading to its field.
import type { FieldProblem } from '@vigie/api/contract';
import { type ReactNode, createContext, useContext } from 'react';
import type { MessageKey } from '../i18n/fr.ts';
import { type Say, useWords } from '../i18n/language.ts';
import { fr } from '../i18n/fr.ts';

export const ProblemContext = createContext<readonly FieldProblem[]>([]);

/** Fields carry the path that the API gives them: `rules[2].zone.coordinates`. */
export const idOf = (path: string): string => `order-${path}`;

const isUnder = (field: string, path: string): boolean =>
  field === path || (field.startsWith(path) && '.['.includes(field.charAt(path.length)));

/** Problems of exactly that field, as the error of a Mantine input; null: none. */
export function useProblemAt(path: string): ReactNode {
  const found = useContext(ProblemContext).filter(({ field }) => field === path);
  return found.length === 0 ? null : <ProblemList of={found} />;
}

/** Problems of a field and of all below it. */
export function useProblemsUnder(path: string): readonly FieldProblem[] {
  return useContext(ProblemContext).filter(({ field }) => isUnder(field, path));
}

export function ProblemList({ of }: { readonly of: readonly FieldProblem[] }) {
  return (
    <>
      {of.map((problem) => (
        <span key={`${problem.field} ${problem.vertex} ${problem.reason}`} className="problem">
          <Reason of={problem} />
        </span>
      ))}
    </>
  );
}

/** In the person's language where its code is known; what only the API can say is in English. */
function Reason({ of: { code, reason, vertex } }: { readonly of: FieldProblem }) {
  const { say } = useWords();
  const key = `problem.${code}`;
  const point = vertex === undefined ? '' : say('order.point', { n: vertex + 1 });
  return key in fr ? (
    <>
      {point}
      {say(key as MessageKey)}
    </>
  ) : (
    <>
      {point}
      <span lang="en">{reason}</span>
    </>
  );
}

interface LinesProps {
  readonly rules: readonly { readonly ruleId: string }[];
  readonly problems: readonly FieldProblem[];
}

export function Summary({ rules, problems }: LinesProps) {
  const { say } = useWords();
  if (problems.length === 0) return null;
  return (
    <section className="order-problems" role="alert" data-test="order-problems">
      <h3>{say('order.problems', { count: problems.length })}</h3>
      <ProblemLines rules={rules} problems={problems} />
    </section>
  );
}

/** One line each, beginning with the way to its field. */
export function ProblemLines({ rules, problems }: LinesProps) {
  const { say } = useWords();
  return (
    <ul>
      {problems.map((problem) => (
        <li key={`${problem.field} ${problem.vertex} ${problem.reason}`}>
          <button type="button" className="link-button" onClick={() => focusField(problem.field)}>
            {placeOf(say, problem.field, rules)}
          </button>
          {' · '}
          <Reason of={problem} />
        </li>
      ))}
    </ul>
  );
}

function placeOf(say: Say, field: string, rules: LinesProps['rules']): string {
  const [, index, rest = ''] = /^rules\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
  const name = nameOf(say, index === undefined ? field : rest);
  if (index === undefined) return name;
  const { ruleId } = rules[Number(index)] ?? { ruleId: '' };
  const rule = ruleId === '' ? say('order.ruleN', { n: Number(index) + 1 }) : ruleId;
  return name === '' ? rule : `${rule}, ${name}`;
}

/** `zone.coordinates[0][17]` is the zone, `schedule[2].rrule` the schedule. */
function nameOf(say: Say, path: string): string {
  const parts = path.split(/[.[\]]+/).filter((part) => part !== '' && !/^\d+$/.test(part));
  const known = parts.findLast((part) => `order.f.${part}` in fr);
  return known === undefined ? path : say(`order.f.${known}` as MessageKey);
}

/** The field itself, or the nearest one around it that is on the page. */
function focusField(field: string): void {
  for (let path = field; path !== ''; path = path.replace(/(\.?[^.[\]]+|\[\d+\])$/, '')) {
    const element = document.getElementById(idOf(path));
    if (element === null) continue;
    element.scrollIntoView({ block: 'center' });
    element.focus();
    return;
  }
}
