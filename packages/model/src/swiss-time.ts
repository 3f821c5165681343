// Times in texts for people: the clock on the wall in Switzerland, with its distance to UTC said. The distance makes the text exact in the
// night when an hour comes twice, and keeps it true should summer time ever be given up: then it names a clock nobody uses any more, and
// still the right moment. By arithmetic and without Intl, so that the same text comes out on every machine and in every browser.
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01 to a civil date: years of 365.2425 days from 1 March of year 0 on. */
function civilOf(days: number): Civil {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1,
  };
}

/** Summer time runs from the last Sunday of March to the last of October, 01:00 UTC (Sommerzeitverordnung, SR 941.299.1; since 1996). */
function isSummer(ms: number): boolean {
  const days = Math.floor(ms / DAY_MS);
  const { month, day } = civilOf(days);
  if (month < 3 || month > 10) return false;
  if (month > 3 && month < 10) return true;
  // 1970-01-01 was a Thursday; Sunday is 0.
  const lastSunday = 31 - ((days + 4 + (31 - day)) % 7);
  const isAfter = day > lastSunday || (day === lastSunday && ms - days * DAY_MS >= HOUR_MS);
  return month === 3 ? isAfter : !isAfter;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `22.11.2026 21:43:39 UTC+1`; to the minute where a second says nothing. */
export function swissTime(ms: number, to: 'second' | 'minute' = 'second'): string {
  const hoursAhead = isSummer(ms) ? 2 : 1;
  const local = ms + hoursAhead * HOUR_MS;
  const days = Math.floor(local / DAY_MS);
  const { year, month, day } = civilOf(days);
  const second = Math.floor((local - days * DAY_MS) / 1000);
  const clock = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}`;
  return `${two(day)}.${two(month)}.${year} ${clock}${to === 'second' ? `:${two(second % 60)}` : ''} UTC+${hoursAhead}`;
}
