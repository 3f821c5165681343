// Tells of new alarms to ears: a screen reader through a live region, everybody else by a tone if they asked for one.
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../i18n/language.ts';
import type { Queue } from './order.ts';
import { alarmTone } from './tone.ts';

export function Announcer({ queue, audible }: { readonly queue: Queue; readonly audible: boolean }) {
  const { say, language } = useWords();
  const known = useRef<ReadonlySet<string> | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const before = known.current;
    known.current = new Set(queue.alarm.map((incident) => incident.incidentId));
    // What was there when the page opened is read in the queue, not shouted.
    const first = before === null ? undefined : queue.alarm.find((incident) => !before.has(incident.incidentId));
    if (first === undefined) return;
    setSaid(say('queue.announce', { sentence: first.reason.sentence[language] }));
    if (audible) alarmTone(first.priority);
  }, [queue, audible, say, language]);
  return (
    <p className="for-readers" role="alert">
      {said}
    </p>
  );
}
