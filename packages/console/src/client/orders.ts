// Orders over HTTP: read as written, previewed, signed on top of the revision they vary. What becomes of them is written into the store.
import type { CaseDetail, OrderAnswer, OrderText, PreviewView } from '@vigie/api/contract';
import { type CaseDraft, type OrderDraft, draftOf, emptyOrder, newKey } from '../ordering/draft.ts';
import { orderTextOf } from '../ordering/order-text.ts';
import { previewBody, previewedOf } from '../ordering/preview-wish.ts';
import type { ConsoleState } from '../state/console-state.ts';
import type { Base, Desk, Ordering } from '../state/ordering.ts';
import type { Store } from '../state/store.ts';
import { type Answer, type RequestOptions, isTrouble } from './http.ts';
import { randomKey } from './random-key.ts';

/** A week of one person takes the site's engine a second; it gives up after 20. */
const PREVIEW_MS_MAX = 30_000;
/** A site waits 2 s for an order to settle before it answers. */
const SIGN_MS_MAX = 15_000;
const NEW = '';

type Call = <T>(path: string, options?: Partial<Omit<RequestOptions, 'signal'>>) => Promise<Answer<T>>;

export class Orders {
  readonly #store: Store<ConsoleState>;
  readonly #call: Call;

  constructor(store: Store<ConsoleState>, call: Call) {
    this.#store = store;
    this.#call = call;
  }

  /** A draft that is there already is shown again as it was left. */
  openNew(): void {
    const { session, siteClockOffsetMs } = this.#store.value;
    const desk = this.#desk(NEW);
    if (desk?.kind !== 'open' || desk.ordering.signing.kind === 'signed')
      this.#put(NEW, opened(emptyOrder(Date.now() + siteClockOffsetMs, session?.canton ?? null), null));
    this.#show(NEW);
  }

  async open(caseId: string): Promise<void> {
    this.#show(caseId);
    const desk = this.#desk(caseId);
    if (desk?.kind === 'open' && desk.ordering.signing.kind !== 'signed') return;
    this.#put(caseId, { kind: 'loading', caseId });
    const read = await this.#readBase(caseId);
    this.#put(caseId, 'etag' in read ? opened(draftOf(caseOf(read.detail), read.order), read) : read);
  }

  /** Puts the open order away, for good. */
  discard(): void {
    const orderings = new Map(this.#store.value.orderings);
    orderings.delete(this.#store.value.orderOpen ?? NEW);
    this.#store.update({ orderings, orderOpen: null, page: 'queue' });
  }

  edit(patch: (draft: OrderDraft) => OrderDraft): void {
    this.patch((ordering) => {
      const idempotencyKey = randomKey();
      const signing = ordering.signing.kind === 'sending' ? ordering.signing : ({ kind: 'none' } as const);
      return { draft: patch(ordering.draft), idempotencyKey, signing };
    });
  }

  /** A click on the map: for the zone that is being drawn, if one is. */
  draw(add: (draft: OrderDraft, rule: number) => OrderDraft): void {
    const rule = this.#current()?.drawing ?? null;
    if (rule !== null) this.edit((draft) => add(draft, rule));
  }

  patch(change: (ordering: Ordering) => Partial<Ordering>, id = this.#store.value.orderOpen): void {
    const desk = id === null ? undefined : this.#desk(id);
    if (id === null || desk?.kind !== 'open') return;
    this.#put(id, { kind: 'open', ordering: { ...desk.ordering, ...change(desk.ordering) } });
  }

  async preview(): Promise<void> {
    const ordering = this.#current();
    const id = this.#store.value.orderOpen;
    if (ordering?.base == null || ordering.preview.kind === 'asking') return;
    const { draft, wish, base } = ordering;
    const written = orderTextOf(draft, false);
    const asked = previewBody(wish, base.detail, Date.now() + this.#store.value.siteClockOffsetMs);
    const problems = [...written.problems, ...asked.problems];
    this.patch(() => ({ problems, preview: { kind: problems.length > 0 ? 'none' : 'asking' } }));
    if (problems.length > 0) return;
    const path = `/v1/cases/${encodeURIComponent(base.detail.caseId)}/preview`;
    const answer = await this.#call<PreviewView>(path, {
      method: 'POST',
      body: { ...written.order, ...asked.body },
      timeoutMs: PREVIEW_MS_MAX,
    });
    this.patch(() => {
      if (answer.kind === 'ok')
        return {
          preview: { kind: 'shown', of: previewedOf(draft, wish), view: answer.body },
          problems: [],
        };
      if (answer.kind === 'unreachable') return { preview: { kind: 'unreachable' } };
      return { preview: { kind: 'refused', problem: answer.problem }, problems: answer.problem.fields ?? [] };
    }, id);
  }

  /** True: nothing that the form can see stands against it. */
  check(): boolean {
    const ordering = this.#current();
    if (ordering === undefined) return false;
    const { problems } = orderTextOf(ordering.draft, ordering.base === null);
    this.patch(() => ({ problems, signing: { kind: 'none' } }));
    return problems.length === 0;
  }

  async sign(): Promise<void> {
    const ordering = this.#current();
    const id = this.#store.value.orderOpen;
    if (ordering === undefined || ordering.signing.kind === 'sending') return;
    const { base, draft, idempotencyKey } = ordering;
    const { order, newCase } = orderTextOf(draft, base === null);
    this.patch(() => ({ signing: { kind: 'sending' }, drawing: null }));
    const answer =
      base === null
        ? await this.#call<OrderAnswer>('/v1/cases', {
            method: 'POST',
            body: newCase,
            headers: { 'Idempotency-Key': idempotencyKey },
            timeoutMs: SIGN_MS_MAX,
          })
        : await this.#call<OrderAnswer>(`/v1/cases/${encodeURIComponent(base.detail.caseId)}/orders`, {
            method: 'POST',
            body: order,
            headers: { 'If-Match': base.etag },
            timeoutMs: SIGN_MS_MAX,
          });
    if (answer.kind === 'refused' && answer.status === 412 && base !== null) {
      const now = await this.#readBase(base.detail.caseId);
      this.patch(() => ({ signing: { kind: 'stale', now: 'etag' in now ? now : null } }), id);
      return;
    }
    this.patch(() => outcomeOf(answer), id);
  }

  /** After a conflict, or when nobody knows: the order as it is now, and what was typed is put away. */
  async takeTheirs(): Promise<void> {
    const caseId = this.#current()?.base?.detail.caseId;
    if (caseId === undefined) return;
    const orderings = new Map(this.#store.value.orderings);
    orderings.delete(caseId);
    this.#store.update({ orderings });
    await this.open(caseId);
  }

  /** What was typed, on top of what the other one has signed: previewed and signed anew. */
  keepMine(now: Base): void {
    this.patch(() => ({ base: now, signing: { kind: 'none' }, preview: { kind: 'none' } }));
  }

  async #readBase(caseId: string): Promise<Base | Desk> {
    const path = `/v1/cases/${encodeURIComponent(caseId)}`;
    const [order, detail] = await Promise.all([
      this.#call<OrderText>(`${path}/order`),
      this.#call<CaseDetail>(path),
    ] as const);
    const failed = [order, detail].find(({ kind }) => kind !== 'ok');
    if (order.kind !== 'ok' || detail.kind !== 'ok' || order.etag === null)
      return { kind: 'failed', caseId, problem: failed?.kind === 'refused' ? failed.problem : null };
    return { etag: order.etag, order: order.body, detail: detail.body };
  }

  #current(): Ordering | undefined {
    const { orderOpen } = this.#store.value;
    const desk = orderOpen === null ? undefined : this.#desk(orderOpen);
    return desk?.kind === 'open' ? desk.ordering : undefined;
  }

  #desk(id: string): Desk | undefined {
    return this.#store.value.orderings.get(id);
  }

  #put(id: string, desk: Desk): void {
    this.#store.update({ orderings: new Map(this.#store.value.orderings).set(id, desk) });
  }

  #show(id: string): void {
    this.#store.update({ orderOpen: id, page: 'order' });
  }
}

function outcomeOf(answer: Answer<OrderAnswer>): Partial<Ordering> {
  if (answer.kind === 'ok') {
    const { settled, alone } = answer.body;
    const how = !settled ? 'unsettled' : alone === true ? 'alone' : 'settled';
    return { signing: { kind: 'signed', how, answer: answer.body }, problems: [] };
  }
  if (answer.kind === 'unreachable' || isTrouble(answer)) return { signing: { kind: 'unknown' } };
  return { signing: { kind: 'refused', problem: answer.problem }, problems: answer.problem.fields ?? [] };
}

const opened = (draft: OrderDraft, base: Base | null): Desk => ({
  kind: 'open',
  ordering: {
    base,
    draft,
    problems: [],
    wish: { days: 7, police: '', gaps: '' },
    preview: { kind: 'none' },
    signing: { kind: 'none' },
    drawing: null,
    looking: null,
    idempotencyKey: randomKey(),
  },
});

const caseOf = (detail: CaseDetail): CaseDraft => ({
  caseId: detail.caseId,
  authority: detail.authority,
  legalBasis: detail.legalBasis,
  mode: detail.mode,
  timezone: detail.timezone ?? 'Europe/Zurich',
  person: detail.person?.name ?? '',
  devices: detail.devices.map(({ deviceId, role }) => ({ key: newKey(), deviceId, role })),
});
