// The kinds of rules a court may order, and what each has to say. Bounds that matter are the API's; these keep slips of the pen away.

/** How a value is typed and how the order writes it: `factor` times what is typed. */
export interface Parameter {
  readonly name: string;
  readonly unit: 'm' | 'min' | 'h' | 'pct' | 'kmh';
  readonly factor: number;
  readonly required?: true;
  /** What a new rule begins with, as typed. */
  readonly start?: string;
}

const metres = (name: string, more: Partial<Parameter> = {}): Parameter => ({ name, unit: 'm', factor: 1, ...more });
const minutes = (name: string, more: Partial<Parameter> = {}): Parameter => ({
  name,
  unit: 'min',
  factor: 60,
  ...more,
});
const hours = (name: string, more: Partial<Parameter> = {}): Parameter => ({ name, unit: 'h', factor: 1, ...more });

export const PARAMETERS = {
  exclusion: [metres('bufferM', { start: '200' }), minutes('graceS'), minutes('dwellS')],
  inclusion: [metres('bufferM'), minutes('graceS', { start: '5' }), minutes('dwellS')],
  proximity: [
    metres('warnM', { required: true, start: '2000' }),
    metres('alarmM', { required: true, start: '500' }),
    minutes('maxAgeS', { required: true, start: '5' }),
  ],
  silence: [minutes('maxGapS', { required: true, start: '15' })],
  tamper: [],
  battery: [{ name: 'minPct', unit: 'pct', factor: 1, required: true, start: '15' }],
  jamming: [minutes('graceS')],
  motion_without_fix: [minutes('maxS')],
  implausible: [{ name: 'maxSpeedMps', unit: 'kmh', factor: 1 / 3.6 }],
  free_time: [hours('hoursPerWeek', { required: true, start: '20' }), hours('warnHours'), minutes('graceS')],
} as const satisfies Readonly<Record<string, readonly Parameter[]>>;

export type RuleKind = keyof typeof PARAMETERS;
export const KINDS = Object.keys(PARAMETERS) as readonly RuleKind[];
export const isKind = (kind: string): kind is RuleKind => Object.hasOwn(PARAMETERS, kind);

export const hasZone = (kind: RuleKind): boolean => kind === 'exclusion' || kind === 'inclusion';

/** Written to a thousandth of a second or a millimetre; typed finely enough that what nobody touches is written as it was. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
export const typedOf = (parameter: Parameter, written: number): string =>
  String(Math.round((written / parameter.factor) * 1e9) / 1e9);
/** Null: no number. An apostrophe or a space between thousands and a decimal comma are how people in Switzerland write. */
export function writtenOf(parameter: Pick<Parameter, 'factor'>, typed: string): number | null {
  const plain = typed.replace(/['’\s\u00a0\u202f]/g, '').replace(',', '.');
  return /^\d+(\.\d+)?$/.test(plain) ? rounded(Number(plain) * parameter.factor) : null;
}
