// What mail and text messages say of many devices that fell silent at about the same time: how many, since when, which cases.
import type { Told } from './channels/channel.ts';
import type { Language } from './receivers.ts';
import { SHORT_LENGTH_MAX, WHAT, since, whatOf } from './text.ts';

const MANY: Readonly<Record<Language, Readonly<Record<'devices' | 'cause' | 'cases', string>>>> = {
  fr: {
    devices: 'appareils muets',
    cause: 'Ils se sont tus à peu près en même temps : le réseau ou une passerelle est probablement en panne.',
    cases: 'dossiers',
  },
  de: {
    devices: 'Geräte verstummt',
    cause: 'Sie verstummten etwa zur gleichen Zeit: vermutlich ist das Netz oder ein Gateway ausgefallen.',
    cases: 'Fälle',
  },
  it: {
    devices: 'dispositivi muti',
    cause: 'Hanno smesso di trasmettere quasi insieme: la rete o un gateway è probabilmente guasto.',
    cases: 'casi',
  },
  en: {
    devices: 'devices silent',
    cause: 'They fell silent at about the same time: the network or a gateway is probably down.',
    cases: 'cases',
  },
};

type Several = readonly [Told, ...Told[]];

export const subjectOfMany = (told: Several, language: Language): string =>
  `Vigie: ${whatOf(told[0].alarm, language)}, ${told.length} ${MANY[language].devices}`;

const firstSince = (told: Several): string => since(Math.min(...told.map(({ message }) => message.openedAtMs)));

export function longTextOfMany(told: Several, language: Language): string {
  const words = WHAT[language];
  const [{ alarm, message }] = told;
  return [
    subjectOfMany(told, language),
    ...(alarm.level > 0 ? [`${words.nobody} ${alarm.level}.`] : []),
    `${words.since} ${firstSince(told)}. ${MANY[language].cause}`,
    message.url,
    '',
    ...told.map((one) => `${words.case} ${one.message.caseId}: ${one.message.sentence[language]}`),
    '',
  ].join('\n');
}

export function shortTextOfMany(told: Several, language: Language): string {
  const words = WHAT[language];
  const [{ alarm, message }] = told;
  const level = alarm.level > 0 ? ` (${words.nobody} ${alarm.level})` : '';
  const frame = `${subjectOfMany(told, language)}${level}, ${words.since} ${firstSince(told)}; ${MANY[language].cases}: `;
  const caseIds = [...new Set(told.map((one) => one.message.caseId))];
  let room = SHORT_LENGTH_MAX - frame.length - message.url.length - ' +500'.length - 1;
  const named: string[] = [];
  for (const caseId of caseIds) {
    room -= caseId.length + 2;
    if (room < 0) break;
    named.push(caseId);
  }
  const rest = caseIds.length - named.length;
  return `${frame}${named.join(', ')}${rest === 0 ? '' : ` +${rest}`} ${message.url}`;
}
