import './queue.css';
import type { IncidentView } from '@vigie/api/contract';
import { seesCases } from '../client/session.ts';
import { useWords } from '../i18n/language.ts';
import { useClient, useDesk } from '../shell/desk-context.ts';
import { useSiteNow } from '../shell/now.ts';
import { Find } from './find.tsx';
import type { Mass } from './mass.ts';
import { MassRow } from './mass-row.tsx';
import { type Queue, ROWS_MAX, SECTIONS, type Section } from './order.ts';
import { QueueRow } from './row.tsx';

interface Props {
  readonly queue: Queue;
  readonly mass: Mass | null;
  readonly onMass: () => void;
}

export function WorkQueue({ queue, mass, onMass }: Props) {
  const { say } = useWords();
  const loaded = useDesk((state) => state.loadedMs !== null);
  const notOurs = useDesk((state) => !seesCases(state.session));
  // Never an empty list: it would say that there is no alarm.
  if (notOurs)
    return (
      <section className="queue" aria-label={say('queue.title')}>
        <p className="queue-empty">{say('queue.notOurs')}</p>
      </section>
    );
  return (
    <section className="queue" aria-label={say('queue.title')}>
      <Find />
      {SECTIONS.map((section) =>
        queue[section].length === 0 && section !== 'alarm' ? null : (
          <Lane
            key={section}
            section={section}
            incidents={queue[section]}
            mass={section === 'alarm' ? mass : null}
            onMass={onMass}
          />
        ),
      )}
      {queue.alarm.length === 0 && mass === null && (
        <p className="queue-empty">{say(loaded ? 'queue.empty' : 'queue.loading')}</p>
      )}
    </section>
  );
}

interface LaneProps {
  readonly section: Section;
  readonly incidents: readonly IncidentView[];
  readonly mass: Mass | null;
  readonly onMass: () => void;
}

function Lane({ section, incidents, mass, onMass }: LaneProps) {
  const { say } = useWords();
  const client = useClient();
  const selected = useDesk((state) => state.focus?.incidentId ?? null);
  const nowMs = useSiteNow();
  const hidden = incidents.length - ROWS_MAX;
  const count = mass === null || mass.open ? incidents.length : incidents.length + mass.folded.length;
  const rowOf = (incident: IncidentView) => (
    <QueueRow
      key={incident.incidentId}
      incident={incident}
      section={section}
      selected={incident.incidentId === selected}
      nowMs={grained(nowMs, Date.parse(incident.openedAt))}
      onOpen={(chosen) => client.openIncident(chosen)}
    />
  );
  const above = mass?.at ?? ROWS_MAX;
  return (
    <div className={`lane lane-${section}`} data-section={section}>
      <h2>
        {say(`queue.${section}`)} <span className="count">{count}</span>
      </h2>
      {section === 'late' && <p className="lane-hint">{say('queue.lateHint')}</p>}
      <ol>
        {incidents.slice(0, above).map(rowOf)}
        {mass !== null && <MassRow mass={mass} onToggle={onMass} />}
        {incidents.slice(above, ROWS_MAX).map(rowOf)}
      </ol>
      {hidden > 0 && <p className="lane-hint">{say('queue.more', { count: hidden })}</p>}
    </div>
  );
}

/** The newest moment at which the age shown changed: seconds while young, then minutes. */
function grained(nowMs: number, openedMs: number): number {
  const grainMs = nowMs - openedMs < 60_000 ? 1_000 : 60_000;
  return openedMs + Math.floor((nowMs - openedMs) / grainMs) * grainMs;
}
