import { useWords, wordFor } from '../i18n/language.ts';
import type { Say } from '../i18n/language.ts';
import { age, clockTime } from '../i18n/quantities.ts';
import type { Language } from '@vigie/api/contract';
import type { Note } from './condition.ts';

/** At most this many sentences, the gravest: a wall of warnings is read by nobody. */
const NOTES_MAX = 3;

export function Notes({ notes }: { readonly notes: readonly Note[] }) {
  const { say, language } = useWords();
  return (
    <div className="notes" role="status" aria-live="polite">
      {notes.slice(0, NOTES_MAX).map((note) => (
        <p key={keyOf(note)} className={`note note-${note.kind}`} data-note={note.kind}>
          {sentence(note, say, language)}
        </p>
      ))}
    </div>
  );
}

const keyOf = (note: Note): string => (note.kind === 'system' ? note.what : note.kind);

function sentence(note: Note, say: Say, language: Language): string {
  switch (note.kind) {
    case 'lost':
      return say('note.lost', { time: clockTime(language, Date.now() - (performance.now() - note.sinceMs)) });
    case 'moved': {
      const moved = say('note.moved', { from: say(`site.${note.from}`), to: say(`site.${note.to}`) });
      return note.backAgain ? `${moved} ${say('note.movedBack', { from: say(`site.${note.from}`) })}` : moved;
    }
    case 'apart':
    case 'left':
      return say(`note.${note.kind}`, { peer: say(`site.${note.peer}`) });
    case 'reads':
    case 'doubted':
      return say(`note.${note.kind}`, { site: say(`site.${note.site}`) });
    case 'system':
      return say(`system.${note.what}`);
    case 'rulesOff':
      return say('note.rulesOff', { rules: note.rules.map((rule) => wordFor(say, 'kind', rule)).join(', ') });
    case 'differs':
      return say('note.differs');
    case 'settling':
      return say('note.settling', { age: age(say, note.behindMs) });
  }
}
