// What the order would have meant over days that the person lived: before it is signed, with the figures of the site's own engine.
import { Button, NativeSelect, Textarea } from '@mantine/core';
import type { PreviewView } from '@vigie/api/contract';
import { Refusal } from '../case/refusal.tsx';
import { type Say, useWords, wordFor } from '../i18n/language.ts';
import { duration, number, percent } from '../i18n/quantities.ts';
import { useClient } from '../shell/desk-context.ts';
import type { Ordering } from '../state/ordering.ts';
import { Text } from './fields.tsx';
import { ProblemLines, ProblemList, idOf, useProblemsUnder } from './problems.tsx';
import { previewedOf } from './preview-wish.ts';
import { useOrdering } from './use-ordering.ts';

const DAYS = [7, 14, 28] as const;

export const isCurrent = ({ preview, draft, wish }: Ordering): boolean =>
  preview.kind === 'shown' && preview.of === previewedOf(draft, wish);

export function PreviewPanel() {
  const { say } = useWords();
  const { orders } = useClient();
  const ordering = useOrdering();
  const { base, wish, preview } = ordering;
  const gaps = useProblemsUnder('coverageGaps');
  const change = (patch: Partial<Ordering['wish']>) => orders.patch((now) => ({ wish: { ...now.wish, ...patch } }));
  return (
    <section className="order-part" aria-labelledby="order-preview" data-test="preview-panel">
      <h3 id="order-preview">{say('preview.title')}</h3>
      {base === null ? (
        <p className="panel-hint">{say('preview.newCase')}</p>
      ) : (
        <>
          <p className="panel-hint">{say('preview.about')}</p>
          <div className="order-row">
            <NativeSelect
              size="xs"
              label={say('preview.period')}
              value={String(wish.days)}
              onChange={(event) =>
                change({ days: DAYS.find((days) => String(days) === event.currentTarget.value) ?? wish.days })
              }
              data={DAYS.map((days) => ({ value: String(days), label: say('kpi.days', { count: days }) }))}
            />
            <Text
              path="policeTravelS"
              label="order.f.policeTravelS"
              unit="min"
              numeric
              value={wish.police}
              onChange={(police) => change({ police })}
            />
          </div>
          <details className="order-times">
            <summary>{say('order.f.coverageGaps')}</summary>
            <Textarea
              id={idOf('coverageGaps')}
              aria-label={say('order.f.coverageGaps')}
              description={say('preview.gapsHint')}
              value={wish.gaps}
              onChange={(event) => change({ gaps: event.currentTarget.value })}
              error={gaps.length === 0 ? null : <ProblemList of={gaps} />}
              rows={3}
              size="xs"
              spellCheck={false}
              className="order-points"
            />
          </details>
          <Button
            variant="default"
            loading={preview.kind === 'asking'}
            onClick={() => void orders.preview()}
            data-test="preview"
          >
            {say('preview.ask')}
          </Button>
          <div role="status">
            {preview.kind === 'shown' && !isCurrent(ordering) && (
              <p className="panel-hint" data-test="preview-old">
                {say('preview.old')}
              </p>
            )}
            {preview.kind === 'shown' && <Figures view={preview.view} police={wish.police} />}
            {preview.kind === 'refused' && preview.problem.status !== 422 && <Refusal of={preview} />}
            {preview.kind === 'refused' && preview.problem.status === 422 && (
              <p className="panel-hint">{say('preview.wrong')}</p>
            )}
            {preview.kind === 'unreachable' && <Refusal of={preview} />}
          </div>
        </>
      )}
    </section>
  );
}

function Figures({ view, police }: { readonly view: PreviewView; readonly police: string }) {
  const { say, language } = useWords();
  const { draft } = useOrdering();
  const { limits, coverage, leadTimes, rules, warnings } = view;
  const many = view.alarmsPerDay > limits.alarmsPerDay;
  return (
    <div className="preview" data-test="preview-shown">
      <ul className="preview-figures">
        <li className={many ? 'threshold threshold-missed' : 'threshold threshold-met'} data-figure="alarms">
          <strong>{number(language, view.alarmsPerDay)}</strong>
          <span>
            {say('preview.alarms', { days: say('age.d', { n: number(language, view.days) }), reports: view.reports })}
            {many && ` ${say('preview.many', { limit: limits.alarmsPerDay })}`}
          </span>
        </li>
        <li
          className={coverage.share > limits.coverageShare ? 'threshold threshold-missed' : 'threshold threshold-met'}
          data-figure="coverage"
        >
          <strong>{percent(language, coverage.share)}</strong>
          <span>{say('preview.coverage', { longest: duration(say, coverage.longestS) })}</span>
        </li>
        {leadTimes.map((lead) => (
          <Lead key={lead.ruleId} lead={lead} police={police} say={say} />
        ))}
      </ul>
      {view.weeksMoved !== 0 && (
        <p className="panel-hint">{say('preview.moved', { count: Math.abs(view.weeksMoved) })}</p>
      )}
      {rules.length === 0 ? (
        <p>{say('preview.nothing')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{say('case.rule')}</th>
              <th scope="col">{say('preview.perDay')}</th>
              <th scope="col">{say('preview.count')}</th>
              <th scope="col">{say('preview.longest')}</th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <tr key={`${rule.ruleId} ${rule.kind}`}>
                <td>
                  {wordFor(say, 'kind', rule.kind)} <small>{rule.ruleId}</small>
                </td>
                <td>{number(language, rule.perDay)}</td>
                <td>{rule.incidents}</td>
                <td>{rule.longestS === null ? '–' : duration(say, rule.longestS)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {warnings.length > 0 && (
        <div className="order-warnings" data-test="preview-warnings">
          <ProblemLines rules={draft.rules} problems={warnings} />
        </div>
      )}
    </div>
  );
}

function Lead({
  lead,
  police,
  say,
}: {
  readonly lead: PreviewView['leadTimes'][number];
  readonly police: string;
  readonly say: Say;
}) {
  const travelS = Number(police.replace(',', '.')) * 60;
  const late = lead.tooSoon > 0 || lead.bufferS.onFoot < travelS;
  return (
    <li className={late ? 'threshold threshold-missed' : 'threshold threshold-met'} data-figure={`lead-${lead.ruleId}`}>
      <strong>
        {lead.tooSoon} / {lead.alarms}
      </strong>
      <span>
        {say('preview.lead', {
          rule: lead.ruleId,
          police,
          foot: duration(say, lead.bufferS.onFoot),
          car: duration(say, lead.bufferS.byCar),
        })}
      </span>
    </li>
  );
}
