// One engine in which reports of the usual sort go the quiet way and one in which all go the exact way, told and asked the same.
import type { RecordedRule } from '@vigie/model';
import { Engine } from '../engine.ts';
import { RULES_VERSION } from '../limits.ts';
import { steadyClock } from '../steady-clock.ts';
import type { Clock, Place } from '../types.ts';
import { MEASURE, at, recordedCase } from './court.ts';

export const place = (n: number, site: Place['site'] = 'noirmont'): Place => ({
  site,
  epoch: '1-aaaa',
  seq: (n + 1) as Place['seq'],
  index: 0,
  entryId: `entry-${n}`,
});

/** What somebody does between two uploads; most of the time nobody does anything. */
export const LOOKS = ['save', 'digest', 'caseDigest', 'load', 'drop', 'has', 'view', 'wait', 'order', 'event'] as const;

/** Rules of the last version but one until half past eight. */
export const clockAt = (ms: number): Clock => ({
  ...steadyClock(ms),
  rulesAt: (t) => (t < at('08:30') * 1000 ? RULES_VERSION - 1 : RULES_VERSION),
});

export class TwoWays {
  readonly either = new Engine();
  readonly exact = new Engine({ isExact: true });
  readonly #both = [this.either, this.exact];
  readonly #equal: (a: unknown, b: unknown) => void;

  constructor(equal: (a: unknown, b: unknown) => void) {
    this.#equal = equal;
  }

  /** The same of both, or it fails. */
  same<T>(ask: (engine: Engine) => T): T {
    const [a, b] = this.#both.map(ask) as [T, T];
    this.#equal(a, b);
    return a;
  }
  look(
    what: (typeof LOOKS)[number],
    t: number,
    n: number,
    given: readonly RecordedRule[],
    seqs: readonly number[],
  ): void {
    switch (what) {
      case 'save':
        this.same((engine) => engine.saveCase(MEASURE));
        return;
      case 'digest':
        this.same((engine) => engine.digest());
        return;
      case 'caseDigest':
        this.same((engine) => engine.caseDigest(MEASURE));
        return;
      case 'load': {
        const bytes = this.same((engine) => engine.saveCase(MEASURE)) as Uint8Array;
        for (const engine of this.#both) engine.loadCase(MEASURE, bytes);
        return;
      }
      case 'drop': {
        const bytes = this.same((engine) => engine.saveCase(MEASURE)) as Uint8Array;
        for (const engine of this.#both) engine.dropCase(MEASURE);
        this.same((engine) => engine.digest());
        for (const engine of this.#both) engine.loadCase(MEASURE, bytes);
        return;
      }
      case 'has':
        for (const deviceId of ['wearer', 'phone', 'nobody'])
          for (const seq of seqs) this.same((engine) => engine.hasReport(MEASURE, deviceId, 1, seq));
        return;
      case 'view':
        this.same((engine) => engine.view(MEASURE));
        this.same((engine) => engine.transitions(MEASURE));
        return;
      case 'wait':
        for (const engine of this.#both) engine.advance(clockAt(t + 30_000));
        return;
      case 'order': {
        const { order } = recordedCase(given.slice(n % 2));
        const changed = { ...order, baseRevision: this.either.view(MEASURE)?.revision ?? 0 };
        this.same((engine) =>
          engine.apply({ kind: 'order', measure: MEASURE, order: changed, by: 'court' }, place(1_000 + n), clockAt(t)),
        );
        return;
      }
      case 'event': {
        const incident = this.either.view(MEASURE)?.incidents.at(-1);
        if (incident === undefined) return;
        const step = { incidentId: incident.incidentId, step: 'acknowledge', by: 'operator' } as const;
        this.same((engine) => engine.apply({ kind: 'step', measure: MEASURE, step }, place(2_000 + n), clockAt(t)));
      }
    }
  }
}
