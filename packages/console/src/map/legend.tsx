import { useWords } from '../i18n/language.ts';
import { age } from '../i18n/quantities.ts';
import { useDesk } from '../shell/desk-context.ts';
import { OLD_AFTER_MS } from './marks.ts';

export function Legend() {
  const { say } = useWords();
  const focused = useDesk((state) => state.focus !== null);
  return (
    <ul className="legend" aria-label={say('map.legend')}>
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
  );
}
