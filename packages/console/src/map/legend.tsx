import { useComputedColorScheme } from '@mantine/core';
import { type CSSProperties, useState } from 'react';
import type { MessageKey } from '../i18n/fr.ts';
import { useWords } from '../i18n/language.ts';
import { age } from '../i18n/quantities.ts';
import { useDesk } from '../shell/desk-context.ts';
import { OLD_AFTER_MS } from './marks.ts';
import { type Palette, paletteOf } from './palette.ts';

/** On a smaller screen the legend would hide the country it explains; there it starts closed. */
const OPEN_HEIGHT_PX_MIN = 800;
const OPEN_WIDTH_PX_MIN = 1_250;

const PEOPLE: readonly Entry[] = [
  ['key-fix', 'fix', 'map.fix'],
  ['key-fix key-old', 'old', 'map.old'],
  ['key-fix key-protected', 'protected', 'map.protected'],
];
const CASE: readonly Entry[] = [
  ['key-zone', 'exclusion', 'map.zone.exclusion'],
  ['key-zone', 'inclusion', 'map.zone.inclusion'],
  ['key-zone', 'old', 'map.zone.shared'],
  ['key-line', 'close', 'map.gap.close'],
  ['key-line key-sparse', 'sparse', 'map.gap.sparse'],
  ['key-line key-unknown', 'unknown', 'map.gap.unknown'],
  ['key-deciding', 'deciding', 'map.deciding'],
];
type Entry = readonly [look: string, colour: keyof Palette, words: MessageKey];

export function Legend() {
  const { say } = useWords();
  const palette = paletteOf(useComputedColorScheme('light'));
  const focused = useDesk((state) => state.focus !== null);
  const [roomy] = useState(() => window.innerHeight >= OPEN_HEIGHT_PX_MIN && window.innerWidth > OPEN_WIDTH_PX_MIN);
  return (
    <details className="legend" open={roomy}>
      <summary>{say('map.legend')}</summary>
      <ul>
        {(focused ? [...PEOPLE, ...CASE] : PEOPLE).map(([look, colour, words]) => (
          <li key={words}>
            <i className={look} style={{ '--c': palette[colour] } as CSSProperties} />
            {say(words, { age: age(say, OLD_AFTER_MS) })}
          </li>
        ))}
      </ul>
    </details>
  );
}
