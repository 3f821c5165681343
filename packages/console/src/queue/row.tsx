import type { IncidentView } from '@vigie/api/contract';
import { memo, useEffect, useRef } from 'react';
import { age, unbroken } from '../i18n/quantities.ts';
import { useWords, wordFor } from '../i18n/language.ts';
import { Marks } from './marks.tsx';
import type { Section } from './order.ts';

interface Props {
  readonly incident: IncidentView;
  readonly section: Section;
  readonly selected: boolean;
  /** The site's time, rounded by the caller so that rows are drawn again only when an age changes. */
  readonly nowMs: number;
  readonly onOpen: (incident: IncidentView) => void;
}

export const QueueRow = memo(function QueueRow({ incident, section, selected, nowMs, onOpen }: Props) {
  const { say, language } = useWords();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <li>
      <button
        ref={row}
        type="button"
        className={`queue-row queue-row-${section}`}
        data-incident={incident.incidentId}
        aria-current={selected ? 'true' : undefined}
        onClick={() => onOpen(incident)}
      >
        <span
          className={`harm harm-${harmClass(incident.priority)}`}
          title={say('mark.priority', { n: incident.priority })}
        >
          <span className="for-readers">{say('mark.priority', { n: '' })}</span>
          {incident.priority}
        </span>
        <span className="queue-row-head">
          <strong>{wordFor(say, 'kind', incident.kind)}</strong>
          <span className="queue-row-age">
            {say('queue.since', { age: age(say, nowMs - Date.parse(incident.openedAt)) })}
          </span>
        </span>
        <span className="queue-row-sentence">{unbroken(incident.reason.sentence[language])}</span>
        <span className="queue-row-foot">
          <span className="case-id">{incident.caseId}</span>
          {!incident.caseId.startsWith(incident.authority) && <span>{incident.authority}</span>}
          {incident.signals > 1 && <span>{say('queue.signals', { count: incident.signals })}</span>}
          {incident.heldBy !== null && <span>{say('queue.held', { who: incident.heldBy.subject })}</span>}
          <Marks incident={incident} />
        </span>
      </button>
    </li>
  );
});

/** Four looks for all priorities: a person in danger, an order broken, a doubt, a technical matter. */
const harmClass = (priority: number): 'danger' | 'breach' | 'doubt' | 'technical' =>
  priority <= 2 ? 'danger' : priority <= 6 ? 'breach' : priority <= 11 ? 'doubt' : 'technical';
