// The few inputs of the form, each tied to a path of the order: its id, its words and what is wrong with it.
import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { MessageKey } from '../i18n/fr.ts';
import { useWords } from '../i18n/language.ts';
import { idOf, useProblemAt } from './problems.tsx';

/** Hints stand below, so that fields of a row stand in one line. */
const ORDER: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

interface Common {
  readonly path: string;
  readonly label: MessageKey;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: MessageKey;
}

interface TextProps extends Common {
  readonly unit?: ReactNode;
  readonly type?: 'text' | 'date' | 'datetime-local';
  readonly numeric?: boolean;
  readonly required?: boolean;
}

export function Text({ path, label, value, onChange, hint, unit, type, numeric, required }: TextProps) {
  const { say } = useWords();
  return (
    <TextInput
      id={idOf(path)}
      label={say(label)}
      description={hint === undefined ? undefined : say(hint)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={useProblemAt(path)}
      rightSection={unit}
      rightSectionWidth={unit === undefined ? undefined : 44}
      rightSectionPointerEvents="none"
      type={type ?? 'text'}
      inputMode={numeric === true ? 'decimal' : undefined}
      withAsterisk={required ?? false}
      autoComplete="off"
      inputWrapperOrder={ORDER}
      size="xs"
    />
  );
}

interface ChoiceProps extends Common {
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export function Choice({ path, label, value, onChange, hint, options }: ChoiceProps) {
  const { say } = useWords();
  return (
    <NativeSelect
      id={idOf(path)}
      label={say(label)}
      description={hint === undefined ? undefined : say(hint)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={useProblemAt(path)}
      data={[...options]}
      inputWrapperOrder={ORDER}
      size="xs"
    />
  );
}
