// The page on which a court order is written: the case, its rules with their places and times, what it would have meant, and the signature.
// Alarms go on arriving beside it; how many wait is always said.
import './ordering.css';
import { Button, NativeSelect } from '@mantine/core';
import { Suspense, lazy, useEffect, useRef, useState } from 'react';
import { Refusal } from '../case/refusal.tsx';
import { useWords } from '../i18n/language.ts';
import { useClient, useDesk } from '../shell/desk-context.ts';
import { Glyph } from '../shell/glyph.tsx';
import { useSharedZones } from '../shell/use-shared-zones.ts';
import type { Ordering } from '../state/ordering.ts';
import { CaseFields } from './case-fields.tsx';
import { newRule } from './draft.ts';
import { Text } from './fields.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { ProblemContext, Summary } from './problems.tsx';
import { RuleCard } from './rule-card.tsx';
import { KINDS, type RuleKind } from './rule-kinds.ts';
import { Signed } from './signed.tsx';
import { Signing } from './signing.tsx';
import { OrderingContext, useEdit, useOrdering } from './use-ordering.ts';

const SketchMap = lazy(() => import('./sketch-map.tsx'));

export default function OrderPage({ waiting }: { readonly waiting: number }) {
  const { say } = useWords();
  const client = useClient();
  const orderOpen = useDesk((state) => state.orderOpen);
  const desk = useDesk((state) => (orderOpen === null ? undefined : state.orderings.get(orderOpen)));
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const ordering = desk?.kind === 'open' ? desk.ordering : null;
  const id = desk?.kind === 'open' ? desk.ordering.draft.case.caseId : (desk?.caseId ?? '');
  return (
    <main className="ordering" data-test="order-page">
      <div className="situation-head">
        <h2 ref={title} tabIndex={-1}>
          {ordering !== null && ordering.base === null ? say('order.titleNew') : say('order.title', { id })}
          {ordering?.base != null && (
            <small>{say('order.revision', { revision: ordering.base.detail.revision })}</small>
          )}
        </h2>
        <Button size="compact-sm" variant="default" onClick={() => client.store.update({ page: 'queue' })}>
          {say('situation.back', { count: waiting })}
        </Button>
      </div>
      {desk?.kind === 'loading' && <Refusal of={desk} />}
      {desk?.kind === 'failed' && (
        <Refusal of={desk.problem === null ? { kind: 'unreachable' } : { kind: 'refused', problem: desk.problem }} />
      )}
      {ordering !== null && (
        <OrderingContext key={orderOpen} value={ordering}>
          <ProblemContext value={ordering.problems}>
            {ordering.signing.kind === 'signed' ? (
              <Signed ordering={ordering} signed={ordering.signing} />
            ) : (
              <Form ordering={ordering} />
            )}
          </ProblemContext>
        </OrderingContext>
      )}
    </main>
  );
}

function Form({ ordering }: { readonly ordering: Ordering }) {
  const shared = useSharedZones();
  const { say } = useWords();
  const { draft, problems } = ordering;
  return (
    <div className="ordering-main">
      <form className="order-form" onSubmit={(event) => event.preventDefault()} aria-label={say('case.order')}>
        <Summary rules={draft.rules} problems={problems} />
        <CaseFields />
        <Validity />
        <section className="order-part" aria-labelledby="order-rules">
          <h3 id="order-rules">{say('case.rules')}</h3>
          {draft.rules.map((rule, index) => (
            <RuleCard key={rule.key} rule={rule} index={index} shared={shared} />
          ))}
          <AddRule />
        </section>
        <PreviewPanel />
        <Signing />
      </form>
      <Suspense fallback={<div className="map map-waiting">{say('map.loading')}</div>}>
        <SketchMap shared={shared} />
      </Suspense>
    </div>
  );
}

function Validity() {
  const { say } = useWords();
  const { draft } = useOrdering();
  const edit = useEdit();
  return (
    <section className="order-part" aria-labelledby="order-valid">
      <h3 id="order-valid">{say('case.valid')}</h3>
      <div className="order-row">
        {(['validFrom', 'validTo'] as const).map((name) => (
          <Text
            key={name}
            path={name}
            label={`order.f.${name}`}
            type="datetime-local"
            required
            value={draft[name]}
            onChange={(value) => edit.order({ [name]: value })}
          />
        ))}
      </div>
      <p className="panel-hint">{say('order.zone', { zone: draft.case.timezone })}</p>
    </section>
  );
}

/** A button of its own: with arrow keys a list chooses each kind on the way. */
function AddRule() {
  const { say } = useWords();
  const { orders } = useClient();
  const [kind, setKind] = useState<RuleKind>('exclusion');
  const add = () =>
    orders.edit((draft) => {
      const taken = draft.rules.map(({ ruleId }) => ruleId);
      return { ...draft, rules: [...draft.rules, newRule(kind, taken)] };
    });
  return (
    <div className="actions-line">
      <NativeSelect
        aria-label={say('order.addRule')}
        value={kind}
        onChange={(event) => setKind(KINDS.find((known) => known === event.currentTarget.value) ?? kind)}
        data={KINDS.map((value) => ({ value, label: say(`order.kind.${value}`) }))}
        size="xs"
        data-test="rule-kind"
      />
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Glyph name="plus" />}
        onClick={add}
        data-test="add-rule"
      >
        {say('order.addRule')}
      </Button>
    </div>
  );
}
