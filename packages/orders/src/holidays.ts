// Public holidays of a canton, so that a curfew can hold on Sundays and holidays. They are looked up once, when an order is recorded;
// the log then holds intervals, and says by which calendar they were made.
import Holidays from 'date-holidays';
import release from 'date-holidays/package.json' with { type: 'json' };
import type { Temporal } from 'temporal-polyfill';
import type { Canton } from '@vigie/model';

/** What made the days, and whose they are; recorded with the rule. */
export const holidaysVersion = (canton: Canton): string => `date-holidays ${release.version} CH-${canton}`;

/** Days that the whole canton keeps; those of single districts or communes are not among them. */
export class CantonHolidays {
  readonly #calendar: Holidays;
  readonly #years = new Map<number, ReadonlySet<string>>();

  constructor(canton: Canton) {
    this.#calendar = new Holidays('CH', canton, { types: ['public'] });
  }

  has(day: Temporal.PlainDate): boolean {
    let year = this.#years.get(day.year);
    if (year === undefined) {
      year = new Set(this.#calendar.getHolidays(day.year).map(({ date }) => date.slice(0, 10)));
      this.#years.set(day.year, year);
    }
    return year.has(day.toString());
  }
}
