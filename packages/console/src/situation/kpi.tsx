import type { KpiView } from '@vigie/api/contract';
import { Refusal } from '../case/refusal.tsx';
import { type Say, useWords } from '../i18n/language.ts';
import { dayAndTime, percent, seconds } from '../i18n/quantities.ts';
import { PERIOD_DAYS_MAX, usePeriod } from './period.tsx';
import { useReading } from './use-reading.ts';

const READ_EVERY_MS = 30_000;

/** How fast alarms were answered, against the profile of this centre. Aggregates: no person is in it. */
export function Kpi() {
  const { say } = useWords();
  const { query, fields } = usePeriod();
  const reading = useReading<KpiView>(query === null ? null : `/v1/kpi?${query}`, READ_EVERY_MS);
  return (
    <>
      {fields}
      {query === null ? (
        <p className="panel-hint" role="alert">
          {say('kpi.badPeriod', { days: PERIOD_DAYS_MAX })}
        </p>
      ) : reading.kind === 'loaded' ? (
        <Clocks view={reading.value} />
      ) : (
        <Refusal of={reading} />
      )}
    </>
  );
}

function Clocks({ view }: { readonly view: KpiView }) {
  const { say, language } = useWords();
  return (
    <>
      <p className="panel-hint">
        {say('kpi.profile', { name: view.profile })}
        {view.from !== '' &&
          ` · ${say('kpi.told', { from: dayAndTime(language, view.from), to: dayAndTime(language, view.to) })}`}
      </p>
      {view.clocks.map((clock) => (
        <section key={clock.name} className="clock" data-clock={clock.name}>
          <h4>
            {nameOf(say, clock.name)} · {say(`kpi.${clock.until}`)}
          </h4>
          <p>
            {say('kpi.answered', { answered: clock.answered, incidents: clock.incidents })}
            {clock.medianS !== null &&
              clock.maxS !== null &&
              ` · ${say('kpi.times', { median: seconds(language, clock.medianS), max: seconds(language, clock.maxS) })}`}
          </p>
          <ul>
            {clock.thresholds.map(({ withinS, goal, share, of, ok }) => {
              const met = share === null ? 'none' : ok ? 'met' : 'missed';
              return (
                <li key={withinS} className={`threshold threshold-${met}`} data-threshold={withinS} data-met={met}>
                  <span>{say('kpi.within', { time: seconds(language, withinS) })}</span>
                  <span>
                    {share === null
                      ? say('kpi.nothing', { goal: percent(language, goal) })
                      : say('kpi.share', { share: percent(language, share), of, goal: percent(language, goal) })}
                  </span>
                  {share !== null && <strong>{say(ok ? 'kpi.met' : 'kpi.missed')}</strong>}
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </>
  );
}

/** The shipped profile's clocks have words; a centre that writes its own names them itself. */
const nameOf = (say: Say, name: string): string =>
  name === 'danger' || name === 'other' ? say(`kpi.clock.${name}`) : name;
