// Curfews and passes as people think of them: from when, for how long, on which days. A recurrence beyond that is edited as RFC 5545.
import type { SpanText } from '@vigie/api/contract';

export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Day = (typeof DAYS)[number];
export const REPEATS = ['once', 'daily', 'weekly', 'rule'] as const;

export interface SpanDraft {
  readonly key: number;
  /** `2026-11-22T20:00`, local. */
  readonly start: string;
  readonly hours: string;
  readonly minutes: string;
  readonly repeat: (typeof REPEATS)[number];
  readonly days: readonly Day[];
  readonly rrule: string;
  readonly holidays: '' | 'only' | 'except';
  /** As the order has it, until somebody changes it here. */
  readonly written?: SpanText;
}

/** Never by spreading alone: what was written before no longer holds. */
export function changed(
  { written: _before, ...span }: SpanDraft,
  patch: Partial<Omit<SpanDraft, 'written'>>,
): SpanDraft {
  return { ...span, ...patch };
}

let keys = 0;

export const newSpan = (start: string, repeat: SpanDraft['repeat']): SpanDraft => ({
  key: ++keys,
  start,
  hours: '10',
  minutes: '',
  repeat,
  days: [],
  rrule: '',
  holidays: '',
});

const DURATION = /^P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?)$/;
const WEEKLY = /^FREQ=WEEKLY;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)$/;

export function spanOf(written: SpanText): SpanDraft {
  const { dtstart, duration, rrule, holidays } = written;
  const [, weeks = '0', days = '0', hours = '0', minutes = '0'] = DURATION.exec(duration) ?? [];
  const plain = rrule?.replace(/^RRULE:/i, '');
  const weekly = WEEKLY.exec(plain ?? '')?.[1];
  return {
    key: ++keys,
    start: dtstart.slice(0, 16),
    hours: String((Number(weeks) * 7 + Number(days)) * 24 + Number(hours)),
    minutes: Number(minutes) === 0 ? '' : minutes,
    repeat: plain === undefined ? 'once' : plain === 'FREQ=DAILY' ? 'daily' : weekly === undefined ? 'rule' : 'weekly',
    days: DAYS.filter((day) => weekly?.split(',').includes(day)),
    rrule: plain ?? '',
    holidays: holidays ?? '',
    written,
  };
}

export type SpanProblem = 'start' | 'duration' | 'days' | 'rrule';

/**
 * Whole days are written as days, which are calendar days: a weekend ends at the hour at which it began, also when the clocks change.
 * Hours are exact hours.
 */
export function spanTextOf(span: SpanDraft): { readonly text: SpanText } | { readonly problem: SpanProblem } {
  if (span.written !== undefined) return { text: span.written };
  const whole = (typed: string): number => (/^\s*\d{0,4}\s*$/.test(typed) ? Number(typed) : Number.NaN);
  const minutes = whole(span.hours) * 60 + whole(span.minutes);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(span.start)) return { problem: 'start' };
  if (!(minutes > 0)) return { problem: 'duration' };
  if (span.repeat === 'weekly' && span.days.length === 0) return { problem: 'days' };
  if (span.repeat === 'rule' && span.rrule.trim() === '') return { problem: 'rrule' };
  const rrule = {
    once: undefined,
    daily: 'FREQ=DAILY',
    weekly: `FREQ=WEEKLY;BYDAY=${span.days.join(',')}`,
    rule: span.rrule.trim(),
  }[span.repeat];
  const [h, min] = [Math.floor(minutes / 60), minutes % 60];
  return {
    text: {
      dtstart: span.start,
      duration: minutes % 1440 === 0 ? `P${minutes / 1440}D` : `PT${h > 0 ? `${h}H` : ''}${min > 0 ? `${min}M` : ''}`,
      ...(rrule === undefined ? {} : { rrule }),
      ...(span.holidays === '' ? {} : { holidays: span.holidays }),
    },
  };
}
