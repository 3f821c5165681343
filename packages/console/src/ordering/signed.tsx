// In place of the form once an order is recorded: where, in which revision, and the tokens of the devices of a new measure.
import { Button } from '@mantine/core';
import type { OrderAnswer } from '@vigie/api/contract';
import { useEffect, useRef } from 'react';
import { type Say, useWords } from '../i18n/language.ts';
import { useClient, useDesk } from '../shell/desk-context.ts';
import type { Ordering } from '../state/ordering.ts';

type Signedness = Extract<Ordering['signing'], { kind: 'signed' }>;

export function Signed({ ordering, signed }: { readonly ordering: Ordering; readonly signed: Signedness }) {
  const { say } = useWords();
  const client = useClient();
  const site = useDesk((state) => state.link.at);
  const { caseId } = ordering.draft.case;
  const { answer, how } = signed;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section className="order-signed" data-test="signed" data-how={how}>
      <h3 ref={title} tabIndex={-1}>
        {say('sign.done', { id: caseId })}
      </h3>
      <p>{toldOf(say, how, say(`site.${site}`), answer)}</p>
      {answer.deviceTokens !== undefined && <Tokens of={answer.deviceTokens} />}
      <div className="actions-line">
        <Button
          onClick={() => {
            client.orders.discard();
            client.openCase(caseId);
          }}
          data-test="open-signed"
        >
          {say('sign.open')}
        </Button>
        <Button variant="default" onClick={() => client.orders.discard()}>
          {say('sign.leave')}
        </Button>
      </div>
    </section>
  );
}

function toldOf(say: Say, how: Signedness['how'], site: string, { case: detail }: OrderAnswer): string {
  const recorded = say(`outcome.${how}`, { site });
  return detail === undefined ? recorded : `${recorded} ${say('sign.inForce', { revision: detail.revision })}`;
}

function Tokens({ of }: { readonly of: Readonly<Record<string, string>> }) {
  const { say } = useWords();
  return (
    <div className="order-tokens" data-test="tokens">
      <p>{say('sign.tokens')}</p>
      <dl className="terms">
        {Object.entries(of).map(([deviceId, token]) => (
          <div key={deviceId} className="terms-row">
            <dt>{deviceId}</dt>
            <dd>
              <code>{token}</code>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
