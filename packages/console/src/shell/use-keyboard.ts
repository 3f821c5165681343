// The desk by keyboard. The selection never moves by itself: an alarm that arrives while a key is on its way down must not be
// the one that gets acknowledged. So the first `a` selects the gravest alarm, and the second acknowledges what is then on screen.
import type { IncidentView, StepAction } from '@vigie/api/contract';
import { useEffect } from 'react';
import type { ConsoleClient } from '../client/console-client.ts';
import { type Command, commandOf, focusKind } from '../queue/keys.ts';
import { type Queue, neighbour, rowsOf } from '../queue/order.ts';
import type { ConsoleState, StepOutcome } from '../state/console-state.ts';
import { useClient } from './desk-context.ts';

interface Pages {
  readonly help: boolean;
  readonly setHelp: (open: boolean) => void;
  readonly page: ConsoleState['page'];
  readonly setPage: (page: ConsoleState['page']) => void;
  readonly toggleMass: () => void;
}

export function useKeyboard(queue: Queue, pages: Pages): void {
  const client = useClient();
  const { help, setHelp, page, setPage, toggleMass } = pages;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // The open dialog has the keyboard.
      if (help) return;
      const { key, ctrlKey, metaKey, altKey, repeat } = event;
      const command = commandOf({ key, ctrlKey, metaKey, altKey, repeat, focus: focusKind(document.activeElement) });
      if (command === null) return;
      // Nothing is acknowledged that is not on screen: beside the queue, keys only lead back to it.
      if (page !== 'queue' && command !== 'help' && command !== 'situation' && command !== 'leave') return;
      // An order is left by its own buttons: a key pressed by habit must not take it from the screen.
      if (page === 'order' && command !== 'help') return;
      event.preventDefault();
      if (command === 'help') setHelp(true);
      else if (command === 'situation') setPage(page === 'situation' ? 'queue' : 'situation');
      else if (page === 'situation') setPage('queue');
      else if (command === 'mass') toggleMass();
      else run(command, client, queue);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [client, queue, help, setHelp, page, setPage, toggleMass]);
}

function run(command: Exclude<Command, 'help' | 'situation' | 'mass'>, client: ConsoleClient, queue: Queue): void {
  const { focus, book } = client.store.value;
  const selected = focus?.incidentId ?? null;
  const rows = rowsOf(queue);
  switch (command) {
    case 'next':
    case 'previous':
      return open(client, neighbour(rows, selected, command === 'next' ? 1 : -1));
    case 'top':
      return open(client, rows[0]);
    case 'open-top':
      return selected === null ? open(client, rows[0]) : undefined;
    case 'acknowledge':
    case 'start': {
      const incident = selected === null ? undefined : book.byId.get(selected);
      // What is on screen is done already, or nothing is: then the key means the next one, and does not act on it unseen.
      if (incident === undefined || incident.status !== WANTS[command])
        return command === 'start' ? undefined : open(client, queue.alarm[0]);
      return act(client, incident, command);
    }
    case 'note':
      return document.querySelector<HTMLElement>('[data-test=note]')?.focus();
    case 'find':
      return document.querySelector<HTMLElement>('[data-test=find]')?.focus();
    case 'leave':
      return leave(client);
  }
}

const DONE: ReadonlySet<string> = new Set(['settled', 'unsettled', 'alone'] satisfies StepOutcome['kind'][]);
const WANTS = { acknowledge: 'raised', start: 'acknowledged' } as const;

function act(client: ConsoleClient, incident: IncidentView, action: StepAction & keyof typeof WANTS): void {
  const { session, outcomes } = client.store.value;
  const before = outcomes.get(incident.incidentId);
  const recorded = before?.action === action && DONE.has(before.kind);
  if (session?.role !== 'operator' || recorded) return;
  const note = client.store.value.drafts.get(incident.incidentId)?.trim() ?? '';
  void client.act(incident, action, note === '' ? {} : { note });
}

function open(client: ConsoleClient, incident: IncidentView | undefined): void {
  if (incident === undefined) return;
  client.openIncident(incident);
  const row = document.querySelector<HTMLElement>(`[data-incident="${CSS.escape(incident.incidentId)}"]`);
  row?.focus();
}

function leave(client: ConsoleClient): void {
  const { activeElement } = document;
  const selected = client.store.value.focus?.incidentId;
  if (activeElement instanceof HTMLElement && focusKind(activeElement) === 'field') {
    activeElement.blur();
    if (selected != null) document.querySelector<HTMLElement>(`[data-incident="${CSS.escape(selected)}"]`)?.focus();
    return;
  }
  client.close();
}
