// What each code says, in four languages. `v` are the reason's named numbers. One sentence, short and exact: it is read aloud on the
// telephone and stands in court reports.
import { swissTime } from '@vigie/model';
import { type Lang, distance, duration, percent, speed } from './figures.ts';

type Values = Readonly<Record<string, number>>;
type Text = (v: Values) => string;
type Texts = Readonly<Record<Lang, Text>>;

const n = (v: Values, name: string): number => v[name] ?? 0;

export const SENTENCES: Readonly<Record<string, Texts>> = {
  inside_exclusion: {
    fr: () => 'La personne se trouve dans une zone interdite.',
    de: () => 'Die Person befindet sich in einer verbotenen Zone.',
    it: () => 'La persona si trova in una zona vietata.',
    en: () => 'The person is inside a forbidden zone.',
  },
  inside_exclusion_at_start: {
    fr: (v) =>
      `La personne se trouvait déjà dans la zone lorsque l’interdiction a commencé (${swissTime(n(v, 'startMs'))}).`,
    de: (v) => `Die Person befand sich bereits in der Zone, als das Verbot begann (${swissTime(n(v, 'startMs'))}).`,
    it: (v) => `La persona si trovava già nella zona quando è iniziato il divieto (${swissTime(n(v, 'startMs'))}).`,
    en: (v) => `The person was already inside the zone when the ban began (${swissTime(n(v, 'startMs'))}).`,
  },
  outside_inclusion: {
    fr: () => 'La personne a quitté la zone où elle doit rester.',
    de: () => 'Die Person hat die Zone verlassen, in der sie bleiben muss.',
    it: () => 'La persona ha lasciato la zona in cui deve restare.',
    en: () => 'The person is outside the zone where they have to stay.',
  },
  outside_inclusion_at_start: {
    fr: (v) => `La personne n’était pas dans la zone lorsque l’obligation a commencé (${swissTime(n(v, 'startMs'))}).`,
    de: (v) => `Die Person war nicht in der Zone, als die Pflicht begann (${swissTime(n(v, 'startMs'))}).`,
    it: (v) => `La persona non era nella zona quando è iniziato l’obbligo (${swissTime(n(v, 'startMs'))}).`,
    en: (v) => `The person was not in the zone when the duty to be there began (${swissTime(n(v, 'startMs'))}).`,
  },
  near_exclusion: {
    fr: (v) => `La personne s’est approchée à moins de ${distance(n(v, 'bufferMm'), 'fr')} d’une zone interdite.`,
    de: (v) =>
      `Die Person hat sich einer verbotenen Zone auf weniger als ${distance(n(v, 'bufferMm'), 'de')} genähert.`,
    it: (v) => `La persona si è avvicinata a meno di ${distance(n(v, 'bufferMm'), 'it')} da una zona vietata.`,
    en: (v) => `The person has come within ${distance(n(v, 'bufferMm'), 'en')} of a forbidden zone.`,
  },
  near_edge: {
    fr: (v) => `La personne est à moins de ${distance(n(v, 'bufferMm'), 'fr')} du bord de la zone où elle doit rester.`,
    de: (v) =>
      `Die Person ist weniger als ${distance(n(v, 'bufferMm'), 'de')} vom Rand der Zone entfernt, in der sie bleiben muss.`,
    it: (v) => `La persona è a meno di ${distance(n(v, 'bufferMm'), 'it')} dal bordo della zona in cui deve restare.`,
    en: (v) =>
      `The person is within ${distance(n(v, 'bufferMm'), 'en')} of the edge of the zone where they have to stay.`,
  },
  free_time_spent: {
    fr: (v) =>
      `Le temps libre de la semaine (${duration(n(v, 'budgetMs'), 'fr')}) est épuisé et la personne est hors de son domicile (${swissTime(n(v, 'startMs'))}).`,
    de: (v) =>
      `Die freie Zeit dieser Woche (${duration(n(v, 'budgetMs'), 'de')}) ist aufgebraucht und die Person ist nicht zu Hause (${swissTime(n(v, 'startMs'))}).`,
    it: (v) =>
      `Il tempo libero della settimana (${duration(n(v, 'budgetMs'), 'it')}) è esaurito e la persona è fuori casa (${swissTime(n(v, 'startMs'))}).`,
    en: (v) =>
      `The free time of this week (${duration(n(v, 'budgetMs'), 'en')}) is used up and the person is away from home (${swissTime(n(v, 'startMs'))}).`,
  },
  free_time_low: {
    fr: (v) =>
      `Il reste au plus ${duration(n(v, 'warnLeftMs'), 'fr')} du temps libre de la semaine (${duration(n(v, 'budgetMs'), 'fr')}) et la personne est hors de son domicile.`,
    de: (v) =>
      `Von der freien Zeit dieser Woche (${duration(n(v, 'budgetMs'), 'de')}) bleibt höchstens ${duration(n(v, 'warnLeftMs'), 'de')}, und die Person ist nicht zu Hause.`,
    it: (v) =>
      `Resta al massimo ${duration(n(v, 'warnLeftMs'), 'it')} del tempo libero della settimana (${duration(n(v, 'budgetMs'), 'it')}) e la persona è fuori casa.`,
    en: (v) =>
      `At most ${duration(n(v, 'warnLeftMs'), 'en')} of this week’s free time (${duration(n(v, 'budgetMs'), 'en')}) is left, and the person is away from home.`,
  },
  silent: {
    fr: (v) => `L’appareil n’a rien transmis depuis plus de ${duration(n(v, 'maxGapMs'), 'fr')}.`,
    de: (v) => `Das Gerät hat sich seit mehr als ${duration(n(v, 'maxGapMs'), 'de')} nicht gemeldet.`,
    it: (v) => `Il dispositivo non trasmette da più di ${duration(n(v, 'maxGapMs'), 'it')}.`,
    en: (v) => `The device has not reported for more than ${duration(n(v, 'maxGapMs'), 'en')}.`,
  },
  absence_unconfirmed: {
    fr: (v) =>
      `L’obligation a commencé (${swissTime(n(v, 'edgeMs'))}) ; la dernière position connue est hors de la zone et rien n’est arrivé depuis. L’absence n’est pas confirmée.`,
    de: (v) =>
      `Die Pflicht hat begonnen (${swissTime(n(v, 'edgeMs'))}); die letzte bekannte Position liegt ausserhalb der Zone, seither kam nichts. Die Abwesenheit ist nicht bestätigt.`,
    it: (v) =>
      `L’obbligo è iniziato (${swissTime(n(v, 'edgeMs'))}); l’ultima posizione nota è fuori dalla zona e da allora non è arrivato nulla. L’assenza non è confermata.`,
    en: (v) =>
      `The duty has begun (${swissTime(n(v, 'edgeMs'))}); the last known position is outside the zone and nothing has come since. The absence is not confirmed.`,
  },
  presence_unconfirmed: {
    fr: (v) =>
      `L’interdiction a commencé (${swissTime(n(v, 'edgeMs'))}) ; la dernière position connue est dans la zone et rien n’est arrivé depuis. La présence n’est pas confirmée.`,
    de: (v) =>
      `Das Verbot hat begonnen (${swissTime(n(v, 'edgeMs'))}); die letzte bekannte Position liegt in der Zone, seither kam nichts. Die Anwesenheit ist nicht bestätigt.`,
    it: (v) =>
      `Il divieto è iniziato (${swissTime(n(v, 'edgeMs'))}); l’ultima posizione nota è nella zona e da allora non è arrivato nulla. La presenza non è confermata.`,
    en: (v) =>
      `The ban has begun (${swissTime(n(v, 'edgeMs'))}); the last known position is inside the zone and nothing has come since. The presence is not confirmed.`,
  },
  strap_open: {
    fr: () => 'L’appareil signale que la sangle est ouverte ou coupée.',
    de: () => 'Das Gerät meldet, dass der Riemen offen oder durchtrennt ist.',
    it: () => 'Il dispositivo segnala che il cinturino è aperto o tagliato.',
    en: () => 'The device says that its strap is open or cut.',
  },
  sos: {
    fr: () => 'Appel à l’aide : la touche SOS de l’appareil a été pressée.',
    de: () => 'Hilferuf: Die SOS-Taste des Geräts wurde gedrückt.',
    it: () => 'Richiesta di aiuto: è stato premuto il tasto SOS del dispositivo.',
    en: () => 'A call for help: the SOS button of the device was pressed.',
  },
  case_open: {
    fr: () => 'L’appareil signale que son boîtier est ouvert.',
    de: () => 'Das Gerät meldet, dass sein Gehäuse offen ist.',
    it: () => 'Il dispositivo segnala che il suo involucro è aperto.',
    en: () => 'The device says that its case is open.',
  },
  battery_low: {
    fr: (v) => `La batterie est à ${percent(n(v, 'pct'), 'fr')}, la limite est de ${percent(n(v, 'minPct'), 'fr')}.`,
    de: (v) => `Der Akku steht bei ${percent(n(v, 'pct'), 'de')}, die Grenze ist ${percent(n(v, 'minPct'), 'de')}.`,
    it: (v) => `La batteria è al ${percent(n(v, 'pct'), 'it')}, il limite è ${percent(n(v, 'minPct'), 'it')}.`,
    en: (v) => `The battery is at ${percent(n(v, 'pct'), 'en')}, the limit is ${percent(n(v, 'minPct'), 'en')}.`,
  },
  jammed: {
    fr: (v) => `L’appareil signale un brouillage depuis ${swissTime(n(v, 'sinceMs'))}.`,
    de: (v) => `Das Gerät meldet eine Störung seines Empfangs seit ${swissTime(n(v, 'sinceMs'))}.`,
    it: (v) => `Il dispositivo segnala un disturbo della ricezione da ${swissTime(n(v, 'sinceMs'))}.`,
    en: (v) => `The device says that it is being jammed, since ${swissTime(n(v, 'sinceMs'))}.`,
  },
  undetermined: {
    fr: (v) =>
      `${n(v, 'count')} positions de suite sont trop imprécises pour dire de quel côté du bord la personne se trouve. À vérifier.`,
    de: (v) =>
      `${n(v, 'count')} Positionen hintereinander sind zu ungenau, um zu sagen, auf welcher Seite des Randes die Person ist. Bitte prüfen.`,
    it: (v) =>
      `${n(v, 'count')} posizioni di seguito sono troppo imprecise per dire da quale lato del bordo si trovi la persona. Da verificare.`,
    en: (v) =>
      `${n(v, 'count')} positions in a row are too inaccurate to say on which side of the edge the person is. Please check.`,
  },
  report_conflict: {
    fr: (v) =>
      `Deux messages de l’appareil portent le même numéro (${n(v, 'boot')}.${n(v, 'seq')}) avec un contenu différent. Les deux sont conservés.`,
    de: (v) =>
      `Zwei Meldungen des Geräts tragen dieselbe Nummer (${n(v, 'boot')}.${n(v, 'seq')}) mit verschiedenem Inhalt. Beide sind aufbewahrt.`,
    it: (v) =>
      `Due messaggi del dispositivo portano lo stesso numero (${n(v, 'boot')}.${n(v, 'seq')}) con contenuto diverso. Entrambi sono conservati.`,
    en: (v) =>
      `Two reports of the device carry the same number (${n(v, 'boot')}.${n(v, 'seq')}) with different content. Both are kept.`,
  },
  clock_ahead: {
    fr: () => 'L’horloge de l’appareil avance ; la position est jugée à l’heure de réception.',
    de: () => 'Die Uhr des Geräts geht vor; die Position wird zur Empfangszeit beurteilt.',
    it: () => 'L’orologio del dispositivo è avanti; la posizione è valutata all’ora di ricezione.',
    en: () => 'The clock of the device is ahead; the position is judged at the time of receipt.',
  },
  stale: {
    fr: (v) =>
      `Un message du ${swissTime(n(v, 'fixMs'))} est arrivé après plus de 72 heures ; il est conservé sans être évalué.`,
    de: (v) =>
      `Eine Meldung vom ${swissTime(n(v, 'fixMs'))} kam nach mehr als 72 Stunden an; sie ist aufbewahrt, aber nicht beurteilt.`,
    it: (v) =>
      `Un messaggio del ${swissTime(n(v, 'fixMs'))} è arrivato dopo più di 72 ore; è conservato ma non valutato.`,
    en: (v) => `A report of ${swissTime(n(v, 'fixMs'))} came after more than 72 hours; it is kept but not judged.`,
  },
  near_person: {
    fr: (v) =>
      `Les deux appareils sont à ${distance(n(v, 'distanceMm'), 'fr')} l’un de l’autre, l’alarme est fixée à ${distance(n(v, 'alarmMm'), 'fr')}.`,
    de: (v) =>
      `Die beiden Geräte sind ${distance(n(v, 'distanceMm'), 'de')} voneinander entfernt, der Alarm gilt ab ${distance(n(v, 'alarmMm'), 'de')}.`,
    it: (v) =>
      `I due dispositivi distano ${distance(n(v, 'distanceMm'), 'it')}, l’allarme è fissato a ${distance(n(v, 'alarmMm'), 'it')}.`,
    en: (v) =>
      `The two devices are ${distance(n(v, 'distanceMm'), 'en')} apart, the alarm is set at ${distance(n(v, 'alarmMm'), 'en')}.`,
  },
  approaching_person: {
    fr: (v) =>
      `Les deux appareils sont à ${distance(n(v, 'distanceMm'), 'fr')} l’un de l’autre, la pré-alerte est fixée à ${distance(n(v, 'warnMm'), 'fr')}.`,
    de: (v) =>
      `Die beiden Geräte sind ${distance(n(v, 'distanceMm'), 'de')} voneinander entfernt, die Vorwarnung gilt ab ${distance(n(v, 'warnMm'), 'de')}.`,
    it: (v) =>
      `I due dispositivi distano ${distance(n(v, 'distanceMm'), 'it')}, il preallarme è fissato a ${distance(n(v, 'warnMm'), 'it')}.`,
    en: (v) =>
      `The two devices are ${distance(n(v, 'distanceMm'), 'en')} apart, the warning is set at ${distance(n(v, 'warnMm'), 'en')}.`,
  },
  partner_unknown: {
    fr: (v) =>
      `L’autre appareil n’a plus de position depuis plus de ${duration(n(v, 'maxAgeMs'), 'fr')} : la distance est inconnue.`,
    de: (v) =>
      `Das andere Gerät hat seit mehr als ${duration(n(v, 'maxAgeMs'), 'de')} keine Position: Der Abstand ist unbekannt.`,
    it: (v) =>
      `L’altro dispositivo non ha posizione da più di ${duration(n(v, 'maxAgeMs'), 'it')}: la distanza è sconosciuta.`,
    en: (v) =>
      `The other device has had no position for more than ${duration(n(v, 'maxAgeMs'), 'en')}: the distance is unknown.`,
  },
  motion_without_fix: {
    fr: (v) => `L’appareil bouge depuis ${duration(n(v, 'sinceMs'), 'fr')} sans obtenir de position.`,
    de: (v) => `Das Gerät bewegt sich seit ${duration(n(v, 'sinceMs'), 'de')}, ohne eine Position zu bestimmen.`,
    it: (v) => `Il dispositivo si muove da ${duration(n(v, 'sinceMs'), 'it')} senza ottenere una posizione.`,
    en: (v) => `The device has been moving for ${duration(n(v, 'sinceMs'), 'en')} without finding its position.`,
  },
  implausible: {
    fr: (v) => `Deux positions successives supposent ${speed(n(v, 'speedMmps'))}. Elles sont conservées et signalées.`,
    de: (v) =>
      `Zwei aufeinanderfolgende Positionen setzen ${speed(n(v, 'speedMmps'))} voraus. Sie sind aufbewahrt und gekennzeichnet.`,
    it: (v) => `Due posizioni successive presuppongono ${speed(n(v, 'speedMmps'))}. Sono conservate e segnalate.`,
    en: (v) => `Two positions in a row would need ${speed(n(v, 'speedMmps'))}. They are kept and flagged.`,
  },
  invalid_order: {
    fr: () =>
      'Le journal contient une décision illisible. Elle est ignorée ; les règles précédentes restent en vigueur.',
    de: () =>
      'Im Protokoll liegt eine unlesbare Anordnung. Sie wird nicht angewendet; die bisherigen Regeln gelten weiter.',
    it: () =>
      'Il registro contiene una decisione illeggibile. Non viene applicata; restano in vigore le regole precedenti.',
    en: () => 'The log holds an order that cannot be read. It is not applied; the rules so far stay in force.',
  },
  unknown_zone: {
    fr: () => 'La décision nomme une zone commune que personne n’a enregistrée. Elle n’est pas surveillée.',
    de: () => 'Die Anordnung nennt eine gemeinsame Zone, die niemand erfasst hat. Sie wird nicht überwacht.',
    it: () => 'La decisione indica una zona comune che nessuno ha registrato. Non viene sorvegliata.',
    en: () => 'The order names a shared zone that nobody has recorded. It is not watched.',
  },
  no_partner: {
    fr: () => 'La règle de proximité ne nomme pas d’appareil d’une personne protégée. Elle n’est pas surveillée.',
    de: () => 'Die Annäherungsregel nennt kein Gerät einer geschützten Person. Sie wird nicht überwacht.',
    it: () => 'La regola di prossimità non indica un dispositivo di una persona protetta. Non viene sorvegliata.',
    en: () => 'The proximity rule names no device of a protected person. It is not watched.',
  },
  unknown_time_zone: {
    fr: () => 'Les horaires de la règle se réfèrent à un fuseau horaire inconnu. Elle n’est pas surveillée.',
    de: () => 'Die Zeiten der Regel beziehen sich auf eine unbekannte Zeitzone. Sie wird nicht überwacht.',
    it: () => 'Gli orari della regola si riferiscono a un fuso orario sconosciuto. Non viene sorvegliata.',
    en: () => 'The times of the rule are in an unknown time zone. It is not watched.',
  },
  dispatch_failed: {
    fr: (v) => `Une alarme n’a pas pu être remise à un destinataire après ${n(v, 'tries')} essais.`,
    de: (v) => `Ein Alarm konnte einem Empfänger nach ${n(v, 'tries')} Versuchen nicht übergeben werden.`,
    it: (v) => `Un allarme non ha potuto essere consegnato a un destinatario dopo ${n(v, 'tries')} tentativi.`,
    en: (v) => `An alarm could not be handed to a receiver after ${n(v, 'tries')} tries.`,
  },
  crossed: {
    fr: () => 'Le trajet entre deux positions éloignées traverse une zone interdite (déduit, non observé).',
    de: () =>
      'Der Weg zwischen zwei entfernten Positionen führt durch eine verbotene Zone (erschlossen, nicht beobachtet).',
    it: () => 'Il percorso tra due posizioni distanti attraversa una zona vietata (dedotto, non osservato).',
    en: () => 'The way between two distant positions leads through a forbidden zone (inferred, not observed).',
  },
};

export const UNKNOWN_CODE: Texts = {
  fr: () => 'Une règle a été enfreinte.',
  de: () => 'Eine Regel wurde verletzt.',
  it: () => 'Una regola è stata violata.',
  en: () => 'A rule was broken.',
};
