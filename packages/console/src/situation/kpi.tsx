import { NativeSelect } from '@mantine/core';
import type { KpiView } from '@vigie/api/contract';
import { useMemo, useState } from 'react';
import { Refusal } from '../case/refusal.tsx';
import { type Say, useWords } from '../i18n/language.ts';
import { percent, seconds } from '../i18n/quantities.ts';
import { useReading } from './use-reading.ts';

const READ_EVERY_MS = 30_000;
const DAYS = [1, 7, 30] as const;
const DAY_MS = 86_400_000;

/** How fast alarms were answered, against the profile of this centre. Aggregates: no person is in it. */
export function Kpi() {
  const { say } = useWords();
  const [days, setDays] = useState<number>(1);
  // From when the period was chosen on: it only grows while it is looked at, and is asked for under one path.
  const path = useMemo(() => `/v1/kpi?from=${new Date(Date.now() - days * DAY_MS).toISOString()}`, [days]);
  const reading = useReading<KpiView>(path, READ_EVERY_MS);
  return (
    <>
      <NativeSelect
        className="period"
        size="xs"
        label={say('kpi.period')}
        value={String(days)}
        onChange={(event) => setDays(Number(event.currentTarget.value))}
        data={DAYS.map((count) => ({ value: String(count), label: say('kpi.days', { count }) }))}
      />
      {reading.kind === 'loaded' ? <Clocks view={reading.value} /> : <Refusal of={reading} />}
    </>
  );
}

function Clocks({ view }: { readonly view: KpiView }) {
  const { say, language } = useWords();
  return (
    <>
      <p className="panel-hint">{say('kpi.profile', { name: view.profile })}</p>
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
                      ? say('kpi.nothing')
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
