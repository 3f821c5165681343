import { Button, NativeSelect, Textarea } from '@mantine/core';
import type { IncidentView, ResolutionCode, StepAction, StepRequest } from '@vigie/api/contract';
import { useState } from 'react';
import { setDraft } from '../client/steps.ts';
import { useWords } from '../i18n/language.ts';
import { useClient, useDesk } from '../shell/desk-context.ts';
import { Shelf } from './shelf.tsx';

const CODES: readonly ResolutionCode[] = ['intervened', 'contacted', 'false_alarm', 'technical', 'authorised'];
const NOTE_CHARS_MAX = 2_000;

/** The next step of an incident, and the note that goes with it. The note lives in the store: a move to the other site keeps it. */
export function Actions({ incident }: { readonly incident: IncidentView }) {
  const { say } = useWords();
  const client = useClient();
  const { incidentId, status } = incident;
  const note = useDesk((state) => state.drafts.get(incidentId) ?? '');
  const sending = useDesk((state) => state.outcomes.get(incidentId)?.kind === 'sending');
  const [code, setCode] = useState<ResolutionCode>('intervened');
  const act = (action: StepAction, more: StepRequest = {}) => {
    void client.act(incident, action, {
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      ...(action === 'resolve' ? { code } : {}),
      ...more,
    });
  };
  return (
    <div className="actions">
      <Textarea
        label={say('step.note')}
        placeholder={say('step.noteHint')}
        value={note}
        maxLength={NOTE_CHARS_MAX}
        rows={2}
        onChange={(event) => setDraft(client.store, incidentId, event.currentTarget.value)}
        data-test="note"
      />
      <div className="actions-line">
        {status === 'raised' && (
          <Button
            onClick={() => act('acknowledge')}
            loading={sending}
            rightSection={<kbd>A</kbd>}
            data-test="acknowledge"
          >
            {say('step.acknowledge')}
          </Button>
        )}
        {status === 'acknowledged' && (
          <Button onClick={() => act('start')} loading={sending} rightSection={<kbd>S</kbd>}>
            {say('step.start')}
          </Button>
        )}
        {(status === 'acknowledged' || status === 'in_progress') && (
          <>
            <NativeSelect
              aria-label={say('step.code')}
              value={code}
              onChange={(event) => setCode(CODES.find((known) => known === event.currentTarget.value) ?? code)}
              data={CODES.map((value) => ({ value, label: say(`code.${value}`) }))}
            />
            <Button variant="default" onClick={() => act('resolve')} loading={sending}>
              {say('step.resolve')}
            </Button>
          </>
        )}
        {status !== 'raised' && note.trim() !== '' && (
          <Button variant="default" onClick={() => act('note')} loading={sending}>
            {say('step.addNote')}
          </Button>
        )}
        {status !== 'resolved' && <Shelf incident={incident} note={note} sending={sending} onAct={act} />}
        {status === 'resolved' && (
          <Button variant="default" onClick={() => act('reopen')} loading={sending}>
            {say('step.reopen')}
          </Button>
        )}
      </div>
    </div>
  );
}
