// Tells of new alarms to ears: a screen reader through a live region, everybody else by a tone if they asked for one.
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../i18n/language.ts';
import type { Mass } from './mass.ts';
import type { Queue } from './order.ts';
import { alarmTone } from './tone.ts';

interface Props {
  /** Every alarm, also those that are folded. */
  readonly queue: Queue;
  readonly mass: Mass | null;
  readonly audible: boolean;
}

export function Announcer({ queue, mass, audible }: Props) {
  const { say, language } = useWords();
  const known = useRef<ReadonlySet<string> | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const before = known.current;
    known.current = new Set(queue.alarm.map((incident) => incident.incidentId));
    // What was there when the page opened is read in the queue, not shouted.
    const fresh = before === null ? [] : queue.alarm.filter(({ incidentId }) => !before.has(incidentId));
    const folded = new Set(mass?.folded);
    const first = fresh.find((incident) => !folded.has(incident));
    // One sentence for the many; no tone for each of them.
    if (first === undefined && fresh.length > 0 && mass !== null)
      setSaid(say('queue.massAnnounce', { count: mass.devices }));
    if (first === undefined) return;
    setSaid(say('queue.announce', { sentence: first.reason.sentence[language] }));
    if (audible) alarmTone(first.priority);
  }, [queue, mass, audible, say, language]);
  return (
    <p className="for-readers" role="alert">
      {said}
    </p>
  );
}
