// The keyboard of the desk: from key to command, nothing else.

export type Command =
  | 'next'
  | 'previous'
  | 'top'
  | 'acknowledge'
  | 'start'
  | 'note'
  | 'find'
  | 'leave'
  | 'help'
  | 'situation'
  | 'mass'
  | 'open-top';

const COMMANDS: Readonly<Record<string, Command>> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  t: 'top',
  Home: 'top',
  a: 'acknowledge',
  s: 'start',
  n: 'note',
  '/': 'find',
  Escape: 'leave',
  '?': 'help',
  o: 'situation',
  m: 'mass',
  Enter: 'open-top',
};

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
  /** Where the focus is: in a field, letters are letters; on a control, Enter and arrows are the control's. */
  readonly focus: 'nothing' | 'row' | 'control' | 'field';
}

/** Steps are recorded for a court: a key that is held down must not repeat them. */
const ONCE: ReadonlySet<Command> = new Set(['acknowledge', 'start', 'open-top']);

export function commandOf(press: Press): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const command = COMMANDS[press.key] ?? null;
  if (command === null || (press.repeat && ONCE.has(command))) return null;
  if (press.focus === 'field') return command === 'leave' ? command : null;
  if (press.focus === 'control' && (press.key === 'Enter' || press.key.startsWith('Arrow') || press.key === 'Home'))
    return null;
  // A focused row is a button: Enter opens it without our help.
  if (press.focus === 'row' && command === 'open-top') return null;
  return command;
}

export function focusKind(element: Element | null): Press['focus'] {
  if (element === null || element === document.body) return 'nothing';
  if (element.matches('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]'))
    return 'field';
  if (element.matches('[data-incident]')) return 'row';
  return element.matches('button, a, input, summary, [tabindex]') ? 'control' : 'nothing';
}
