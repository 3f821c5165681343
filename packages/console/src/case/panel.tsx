import './case.css';
import { ActionIcon } from '@mantine/core';
import type { IncidentView } from '@vigie/api/contract';
import { useWords, wordFor } from '../i18n/language.ts';
import { unbroken } from '../i18n/quantities.ts';
import { Marks } from '../queue/marks.tsx';
import { Glyph } from '../shell/glyph.tsx';
import { useClient, useDesk, useMayAct } from '../shell/desk-context.ts';
import type { Focus } from '../state/console-state.ts';
import { Actions } from './actions.tsx';
import { History } from './history.tsx';
import { Order } from './order.tsx';
import { Outcome } from './outcome.tsx';
import { Why } from './why.tsx';

export function CasePanel() {
  const { say } = useWords();
  const focus = useDesk((state) => state.focus);
  return (
    <aside className="panel" aria-label={say('case.order')}>
      {focus === null ? <p className="panel-empty">{say('case.none')}</p> : <Opened focus={focus} />}
    </aside>
  );
}

function Opened({ focus }: { readonly focus: Focus }) {
  const { say } = useWords();
  const client = useClient();
  const incident = useDesk((state) => (focus.incidentId === null ? undefined : state.book.byId.get(focus.incidentId)));
  return (
    <>
      <div className="panel-head">
        <h2>
          {incident === undefined ? say('case.title', { id: focus.caseId }) : wordFor(say, 'kind', incident.kind)}
          {incident !== undefined && <span className="case-id">{focus.caseId}</span>}
        </h2>
        <ActionIcon variant="subtle" color="gray" aria-label={say('case.close')} onClick={() => client.close()}>
          <Glyph name="close" />
        </ActionIcon>
      </div>
      {incident !== undefined && <Incident incident={incident} />}
      <History history={focus.history} />
      <Order detail={focus.detail} />
    </>
  );
}

function Incident({ incident }: { readonly incident: IncidentView }) {
  const { say, language } = useWords();
  const mayAct = useMayAct();
  return (
    <>
      <p className="panel-marks">
        <span className="mark mark-status">{say(`status.${incident.status}`)}</span>
        <Marks incident={incident} />
      </p>
      <p className="panel-sentence">{unbroken(incident.reason.sentence[language])}</p>
      {incident.certainty === 'withdrawn' && <p className="panel-hint">{say('case.withdrawn')}</p>}
      {incident.certainty === 'refuted' && <p className="panel-hint">{say('case.refuted')}</p>}
      {incident.provisional && incident.certainty !== 'withdrawn' && (
        <p className="panel-hint">{say('case.provisional')}</p>
      )}
      {incident.alone && <p className="panel-hint">{say('case.alone')}</p>}
      {mayAct && <Actions key={incident.incidentId} incident={incident} />}
      <Outcome incidentId={incident.incidentId} />
      <Why incident={incident} />
    </>
  );
}
