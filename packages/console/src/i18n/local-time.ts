// Local times as people type them into a form, and the moments they name. A time that the wall clock leaves out is taken an hour later; of
// one that comes twice it is the first.
const MINUTE_MS = 60_000;
const SWISS = 'Europe/Zurich';

/** `2026-11-22T08:30`, as fields of a form hold it. */
export function localOf(at: string | number, zone: string = SWISS): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(at));
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
}

/** `2026-11-22` or `2026-11-22T08:30` in RFC 3339; null: it names no time. */
export function instantOf(local: string, zone: string = SWISS): string | null {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(local)) return null;
  const wallMs = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  if (Number.isNaN(wallMs)) return null;
  const offset = (ms: number): number => Date.parse(`${localOf(ms, zone)}Z`) - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  // The offset a day before counts first: of a time that comes twice that gives the first, of one left out a later one.
  const before = wallMs - offset(wallMs - 86_400_000);
  const ms = offset(before) === wallMs - before ? before : wallMs - offset(before);
  const told = offset(ms) === wallMs - ms ? ms : before;
  return new Date(told).toISOString();
}
