import { ActionIcon, NativeSelect, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { LANGUAGES, preferredLanguage, speak, useWords } from '../i18n/language.ts';
import { Glyph } from './glyph.tsx';

const OWN_NAMES = { fr: 'Français', de: 'Deutsch', it: 'Italiano', en: 'English' } as const;

export function Languages() {
  const { say, language } = useWords();
  return (
    <NativeSelect
      aria-label={say('settings.language')}
      size="xs"
      value={language}
      onChange={(event) => void speak(preferredLanguage([event.currentTarget.value]))}
      data={LANGUAGES.map((value) => ({ value, label: OWN_NAMES[value] }))}
    />
  );
}

export function SchemeButton() {
  const { say } = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = say(dark ? 'settings.light' : 'settings.dark');
  return (
    <ActionIcon
      variant="default"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      <Glyph name={dark ? 'sun' : 'moon'} />
    </ActionIcon>
  );
}
