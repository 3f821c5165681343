import { Button, NativeSelect } from '@mantine/core';
import type { IncidentView, StepAction, StepRequest } from '@vigie/api/contract';
import { useState } from 'react';
import { useWords } from '../i18n/language.ts';
import { clockTime } from '../i18n/quantities.ts';
import { useDesk } from '../shell/desk-context.ts';

const HOURS = [1, 2, 4, 8, 12] as const;

interface Props {
  readonly incident: IncidentView;
  readonly note: string;
  readonly sending: boolean;
  readonly onAct: (action: StepAction, more?: StepRequest) => void;
}

/** Setting an incident aside for a while: one asks with a reason, another approves, and either takes it back. */
export function Shelf({ incident, note, sending, onAct }: Props) {
  const { say, language } = useWords();
  const subject = useDesk((state) => state.session?.subject ?? '');
  const [hours, setHours] = useState<number>(1);
  const { shelf } = incident;
  if (shelf === null) {
    // Whoever asks says why: without a note there is nothing to approve.
    if (!incident.mayShelve || note.trim() === '') return null;
    return (
      <>
        <NativeSelect
          aria-label={say('shelf.for')}
          value={String(hours)}
          onChange={(event) => setHours(Number(event.currentTarget.value))}
          data={HOURS.map((value) => ({ value: String(value), label: say('shelf.hours', { count: value }) }))}
        />
        <Button
          variant="default"
          loading={sending}
          data-test="shelve"
          onClick={() => onAct('shelve', { until: new Date(Date.now() + hours * 3_600_000).toISOString() })}
        >
          {say('shelf.ask')}
        </Button>
      </>
    );
  }
  const until = clockTime(language, shelf.until);
  return (
    <>
      <p className="panel-hint" data-shelf={shelf.approvedBy === null ? 'asked' : 'shelved'}>
        {shelf.approvedBy === null
          ? say('shelf.asked', { who: shelf.askedBy, until })
          : say('shelf.until', { until, who: shelf.askedBy, other: shelf.approvedBy })}
      </p>
      {shelf.approvedBy === null && shelf.askedBy !== subject && (
        <Button variant="default" loading={sending} data-test="approve" onClick={() => onAct('approve')}>
          {say('shelf.approve')}
        </Button>
      )}
      <Button variant="default" loading={sending} data-test="unshelve" onClick={() => onAct('unshelve')}>
        {say('shelf.takeBack')}
      </Button>
    </>
  );
}
