// The time that a figure is about: the last days, or from one day to another.
import { NativeSelect, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useWords } from '../i18n/language.ts';
import { instantOf, localOf } from '../i18n/local-time.ts';

const DAYS = [1, 7, 30] as const;
/** As the API bounds it. */
export const PERIOD_DAYS_MAX = 400;
const DAY_MS = 86_400_000;

/** Query of the API; null: what is typed is no period. */
export type PeriodQuery = string | null;

export function usePeriod(): { readonly query: PeriodQuery; readonly fields: React.ReactNode } {
  const { say } = useWords();
  const [choice, setChoice] = useState('1');
  const [from, setFrom] = useState(() => localOf(Date.now() - 7 * DAY_MS).slice(0, 10));
  const [to, setTo] = useState(() => localOf(Date.now()).slice(0, 10));
  const own = choice === 'own';
  const query = useMemo(
    // From when the period was chosen on: it only grows while it is looked at, and is asked for under one path.
    () => (own ? between(from, to) : `from=${new Date(Date.now() - Number(choice) * DAY_MS).toISOString()}`),
    [own, choice, from, to],
  );
  const fields = (
    <div className="period">
      <NativeSelect
        size="xs"
        label={say('kpi.period')}
        value={choice}
        onChange={(event) => setChoice(event.currentTarget.value)}
        data={[
          ...DAYS.map((count) => ({ value: String(count), label: say('kpi.days', { count }) })),
          { value: 'own', label: say('kpi.own') },
        ]}
        data-test="period"
      />
      {own && (
        <>
          <TextInput
            size="xs"
            type="date"
            label={say('kpi.from')}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
            data-test="period-from"
          />
          <TextInput
            size="xs"
            type="date"
            label={say('kpi.to')}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            data-test="period-to"
          />
        </>
      )}
    </div>
  );
  return { query, fields };
}

/** Whole days of Switzerland, the last one included. */
export function between(from: string, to: string): PeriodQuery {
  const lastMs = Date.parse(`${to}T00:00Z`);
  const start = instantOf(from);
  if (start === null || Number.isNaN(lastMs)) return null;
  const end = instantOf(new Date(lastMs + DAY_MS).toISOString().slice(0, 10));
  if (end === null) return null;
  const ms = Date.parse(end) - Date.parse(start);
  return ms <= 0 || ms > PERIOD_DAYS_MAX * DAY_MS ? null : `from=${start}&to=${end}`;
}
