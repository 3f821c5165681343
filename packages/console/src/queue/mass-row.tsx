import { useWords } from '../i18n/language.ts';
import { clockTime } from '../i18n/quantities.ts';
import type { Mass } from './mass.ts';

/** One row for all the silences of a mass silence; it opens to theirs. */
export function MassRow({ mass, onToggle }: { readonly mass: Mass; readonly onToggle: () => void }) {
  const { say, language } = useWords();
  return (
    <li>
      <button
        type="button"
        className="queue-row queue-row-mass"
        aria-expanded={mass.open}
        data-test="mass-silence"
        onClick={onToggle}
      >
        <span className="harm harm-doubt" aria-hidden="true">
          {mass.open ? '−' : '+'}
        </span>
        <span className="queue-row-head">
          <strong>{say('queue.mass', { count: mass.devices })}</strong>
          <span className="queue-row-age">
            {say('queue.massSince', { time: clockTime(language, Date.parse(mass.since)) })}
          </span>
        </span>
        <span className="queue-row-sentence">{say('queue.massFolded', { count: mass.folded.length })}</span>
      </button>
    </li>
  );
}
