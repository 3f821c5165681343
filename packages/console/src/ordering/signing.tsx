// Signing: what it changes is said once more, then it goes to the log, on top of the revision it was written for. Whatever becomes of it is
// said in words; what was typed stays until it is recorded.
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../i18n/language.ts';
import { number } from '../i18n/quantities.ts';
import { useClient } from '../shell/desk-context.ts';
import type { Base } from '../state/ordering.ts';
import { type Changes, changesOf, isSame } from './changes.ts';
import { orderTextOf } from './order-text.ts';
import { isCurrent } from './preview-panel.tsx';
import { useOrdering } from './use-ordering.ts';

export function Signing() {
  const { say } = useWords();
  const { orders } = useClient();
  const ordering = useOrdering();
  const { base, signing } = ordering;
  const [asking, setAsking] = useState(false);
  return (
    <section className="order-part" aria-labelledby="order-sign">
      <h3 id="order-sign">{say('sign.title')}</h3>
      <div className="actions-line">
        <Button
          loading={signing.kind === 'sending'}
          onClick={() => setAsking(orders.check())}
          disabled={signing.kind === 'stale'}
          data-test="sign"
        >
          {say(base === null ? 'sign.new' : 'sign.revision')}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => orders.discard()} data-test="discard">
          {say('sign.discard')}
        </Button>
      </div>
      <div role="status">
        {signing.kind === 'refused' && (
          <p className="outcome" data-outcome="refused">
            {signing.problem.status === 422 && ordering.problems.length > 0
              ? say('sign.wrong')
              : say(reasonOf(signing.problem.type))}
          </p>
        )}
        {signing.kind === 'unknown' && (
          <div className="outcome" data-outcome="unknown">
            <p>{say(base === null ? 'sign.unknownNew' : 'sign.unknown')}</p>
            {base !== null && (
              <Button size="compact-sm" variant="default" onClick={() => void orders.takeTheirs()}>
                {say('sign.look')}
              </Button>
            )}
          </div>
        )}
        {signing.kind === 'stale' && <Stale now={signing.now} />}
      </div>
      {asking && <Confirm onClose={() => setAsking(false)} />}
    </section>
  );
}

const reasonOf = (type: string) =>
  type.endsWith('already-exists')
    ? 'sign.exists'
    : type.endsWith('measure-ended')
      ? 'sign.ended'
      : type.endsWith('forbidden')
        ? 'sign.forbidden'
        : 'sign.refused';

function Confirm({ onClose }: { readonly onClose: () => void }) {
  const { say, language } = useWords();
  const { orders } = useClient();
  const ordering = useOrdering();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { base, draft, preview } = ordering;
  const seen = preview.kind === 'shown' && isCurrent(ordering) ? preview.view : null;
  return (
    <dialog ref={dialog} className="key-help" aria-labelledby="sign-dialog" onClose={onClose}>
      <h2 id="sign-dialog">{say('sign.ask', { id: draft.case.caseId })}</h2>
      {base === null ? (
        <p>{say('sign.newText', { count: draft.rules.length })}</p>
      ) : (
        <>
          <p>{say('sign.onTop', { revision: base.detail.revision, next: base.detail.revision + 1 })}</p>
          <ChangeList of={changesOf(base.order, orderTextOf(draft, false).order)} />
        </>
      )}
      {base !== null && (
        <p className={seen === null ? 'sign-unseen' : undefined} data-test="sign-preview">
          {seen === null
            ? say('sign.unseen')
            : say('sign.seen', {
                alarms: number(language, seen.alarmsPerDay),
                days: say('age.d', { n: number(language, seen.days) }),
              })}
        </p>
      )}
      <div className="actions-line">
        <Button
          data-test="sign-now"
          onClick={() => {
            dialog.current?.close();
            void orders.sign();
          }}
        >
          {say('sign.go')}
        </Button>
        <Button variant="default" onClick={() => dialog.current?.close()}>
          {say('sign.back')}
        </Button>
      </div>
    </dialog>
  );
}

function ChangeList({ of }: { readonly of: Changes }) {
  const { say } = useWords();
  if (isSame(of)) return <p data-test="changes">{say('sign.same')}</p>;
  return (
    <ul className="changes" data-test="changes">
      {(['added', 'changed', 'removed'] as const).map(
        (how) => of[how].length > 0 && <li key={how}>{say(`sign.${how}`, { rules: of[how].join(', ') })}</li>,
      )}
      {of.validity && <li>{say('sign.validity')}</li>}
    </ul>
  );
}

/** Somebody else was first. Nothing is lost: theirs is in force, and one's own is still here. */
function Stale({ now }: { readonly now: Base | null }) {
  const { say } = useWords();
  const { orders } = useClient();
  const { base } = useOrdering();
  return (
    <div className="outcome" data-outcome="held" data-test="stale">
      {now === null || base === null ? (
        <>
          <p>{say('sign.staleUnread')}</p>
          <Button size="compact-sm" variant="default" onClick={() => void orders.sign()}>
            {say('sign.again')}
          </Button>
        </>
      ) : (
        <>
          <p>{say('sign.stale', { revision: now.detail.revision, base: base.detail.revision })}</p>
          <ChangeList of={changesOf(base.order, now.order)} />
          <div className="actions-line">
            <Button size="compact-sm" variant="default" onClick={() => orders.keepMine(now)} data-test="keep-mine">
              {say('sign.keepMine', { revision: now.detail.revision })}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => void orders.takeTheirs()}
              data-test="take-theirs"
            >
              {say('sign.takeTheirs')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
