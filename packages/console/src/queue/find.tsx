// To a measure by its number: the way to a person on the map for hands that stay on the keyboard.
import { TextInput } from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';
import { useWords } from '../i18n/language.ts';
import { useClient, useDesk } from '../shell/desk-context.ts';
import { gravestOf } from './order.ts';

/** Suggestions under the field; who needs more types another letter. */
const SUGGESTED_MAX = 8;

export function Find() {
  const { say } = useWords();
  const client = useClient();
  const positions = useDesk((state) => state.positions);
  const book = useDesk((state) => state.book);
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const found = useMemo(() => {
    if (wanted === '') return [];
    const ids = new Set([...book.byId.values(), ...positions].map(({ caseId }) => caseId));
    return [...ids]
      .filter((id) => id.toLowerCase().includes(wanted))
      .toSorted()
      .slice(0, SUGGESTED_MAX);
  }, [book, positions, wanted]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const exact = found.find((id) => id.toLowerCase() === wanted) ?? (found.length === 1 ? found[0] : undefined);
    // A measure without a live position is in no list here; the site knows it by its number.
    const caseId = exact ?? typed.trim();
    if (caseId === '') return;
    const incident = gravestOf(book.byId.values(), caseId);
    if (incident === undefined) client.openCase(caseId);
    else client.openIncident(incident);
  };
  return (
    <form className="find" role="search" onSubmit={submit}>
      <TextInput
        size="xs"
        aria-label={say('find.label')}
        placeholder={say('find.hint')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        list="measures"
        autoComplete="off"
        rightSection={<kbd>/</kbd>}
        data-test="find"
      />
      <datalist id="measures">
        {found.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </form>
  );
}
