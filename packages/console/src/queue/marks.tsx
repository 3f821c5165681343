import type { IncidentView } from '@vigie/api/contract';
import { useWords } from '../i18n/language.ts';

/** What must be known before acting: each mark is a word, never a colour alone. */
export function Marks({ incident }: { readonly incident: IncidentView }) {
  const { say } = useWords();
  return (
    <>
      {incident.certainty === 'withdrawn' && <span className="mark mark-plain">{say('mark.withdrawn')}</span>}
      {incident.certainty === 'refuted' && <span className="mark mark-plain">{say('mark.refuted')}</span>}
      {incident.provisional && <span className="mark mark-provisional">{say('mark.provisional')}</span>}
      {incident.alone && <span className="mark mark-provisional">{say('mark.alone')}</span>}
      {incident.lane !== 'live' && <span className="mark mark-plain">{say('mark.late')}</span>}
      {incident.shelf !== null && (
        <span className="mark mark-plain">
          {say(incident.shelf.approvedBy === null ? 'mark.shelfAsked' : 'mark.shelved')}
        </span>
      )}
      {incident.closedAt !== null && <span className="mark mark-plain">{say('mark.ended')}</span>}
    </>
  );
}
