// The order that is open, and how its parts are changed.
import { createContext, useContext } from 'react';
import { useClient } from '../shell/desk-context.ts';
import type { Ordering } from '../state/ordering.ts';
import type { OrderDraft, RuleDraft } from './draft.ts';

export const OrderingContext = createContext<Ordering | null>(null);

export function useOrdering(): Ordering {
  const ordering = useContext(OrderingContext);
  if (ordering === null) throw new Error('used outside an open order');
  return ordering;
}

export function useEdit() {
  const { orders } = useClient();
  const order = (patch: Partial<OrderDraft>) => orders.edit((draft) => ({ ...draft, ...patch }));
  const rule = (key: number, patch: Partial<RuleDraft>) =>
    orders.edit((draft) => ({
      ...draft,
      rules: draft.rules.map((one) => (one.key === key ? { ...one, ...patch } : one)),
    }));
  const theCase = (patch: Partial<OrderDraft['case']>) =>
    orders.edit((draft) => ({ ...draft, case: { ...draft.case, ...patch } }));
  return { order, rule, theCase };
}
