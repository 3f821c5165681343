// What mail and text messages say: which case, how far it has come, why, where to look. No name, no address, no coordinate.
import { type EventType, swissTime } from '@vigie/model';
import type { Alarm } from './alarm.ts';
import type { Message } from './channels/channel.ts';
import type { Language } from './receivers.ts';

export const WHAT: Readonly<
  Record<Language, Readonly<Record<'alarm' | 'over' | 'news' | 'case' | 'since' | 'nobody', string>>>
> = {
  fr: {
    alarm: 'alarme',
    over: 'alarme retirée',
    news: 'suite d’une alarme',
    case: 'dossier',
    since: 'depuis',
    nobody: 'personne n’a quittancé, niveau',
  },
  de: {
    alarm: 'Alarm',
    over: 'Alarm zurückgezogen',
    news: 'zu einem Alarm',
    case: 'Fall',
    since: 'seit',
    nobody: 'niemand hat quittiert, Stufe',
  },
  it: {
    alarm: 'allarme',
    over: 'allarme ritirato',
    news: 'seguito di un allarme',
    case: 'caso',
    since: 'dalle',
    nobody: 'nessuno ha confermato, livello',
  },
  en: {
    alarm: 'alarm',
    over: 'alarm withdrawn',
    news: 'about an alarm',
    case: 'case',
    since: 'since',
    nobody: 'nobody has acknowledged, level',
  },
};

const OVER: ReadonlySet<EventType> = new Set(['withdrawn', 'refuted', 'explained', 'switched_off']);

export function subject(alarm: Alarm, { caseId }: Message, language: Language): string {
  return `Vigie: ${whatOf(alarm, language)}, ${WHAT[language].case} ${caseId}`;
}
export function whatOf({ type }: Alarm, language: Language): string {
  const words = WHAT[language];
  return type === 'early' || type === 'escalated' ? words.alarm : OVER.has(type) ? words.over : words.news;
}

export const since = (openedAtMs: number): string => swissTime(openedAtMs, 'minute');

export function longText(alarm: Alarm, message: Message, language: Language): string {
  const words = WHAT[language];
  return [
    subject(alarm, message, language),
    ...(alarm.level > 0 ? [`${words.nobody} ${alarm.level}.`] : []),
    `${words.since} ${since(message.openedAtMs)}.`,
    message.sentence[language],
    message.url,
    '',
  ].join('\n');
}

/** Three parts of a text message at most; the sentence gives way first. */
export const SHORT_LENGTH_MAX = 450;

export function shortText(alarm: Alarm, message: Message, language: Language): string {
  const words = WHAT[language];
  const level = alarm.level > 0 ? ` (${words.nobody} ${alarm.level})` : '';
  const frame = `${subject(alarm, message, language)}${level}, ${words.since} ${since(message.openedAtMs)}. `;
  const room = SHORT_LENGTH_MAX - frame.length - message.url.length - 1;
  const why = message.sentence[language];
  return `${frame}${why.length <= room ? why : `${why.slice(0, Math.max(0, room - 1))}…`} ${message.url}`;
}
