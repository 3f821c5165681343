import { useState } from 'react';
import { useWords } from '../i18n/language.ts';
import { age } from '../i18n/quantities.ts';
import { useDesk } from '../shell/desk-context.ts';
import { OLD_AFTER_MS } from './marks.ts';

const LEGEND_OPEN_PX_MIN = 800;

export function Legend() {
  const { say } = useWords();
  // On a low screen the legend would hide the country it explains; there it starts closed.
  const [roomy] = useState(() => window.innerHeight >= LEGEND_OPEN_PX_MIN && window.innerWidth > 1250);
  const focused = useDesk((state) => state.focus !== null);
  return (
    <details className="legend" open={roomy}>
      <summary>{say('map.legend')}</summary>
      <ul>
        <li>
          <i className="key-fix" /> {say('map.fix')}
        </li>
        <li>
          <i className="key-fix key-old" /> {say('map.old', { age: age(say, OLD_AFTER_MS) })}
        </li>
        <li>
          <i className="key-fix key-protected" /> {say('map.protected')}
        </li>
        {focused && (
          <>
            <li>
              <i className="key-zone key-exclusion" /> {say('map.zone.exclusion')}
            </li>
            <li>
              <i className="key-zone key-inclusion" /> {say('map.zone.inclusion')}
            </li>
            <li>
              <i className="key-line key-close" /> {say('map.gap.close')}
            </li>
            <li>
              <i className="key-line key-sparse" /> {say('map.gap.sparse')}
            </li>
            <li>
              <i className="key-line key-unknown" /> {say('map.gap.unknown')}
            </li>
            <li>
              <i className="key-deciding" /> {say('map.deciding')}
            </li>
          </>
        )}
      </ul>
    </details>
  );
}
