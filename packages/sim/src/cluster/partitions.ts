// A run's partitions: two simulated sites for each, on one ground.
import { type SiteId, partitionOf } from '@vigie/model';
import { SiteReplica } from '@vigie/replica';
import { Random } from '../random.ts';
import type { Break } from './breaks.ts';
import { Cluster } from './cluster.ts';
import { peopleOf } from './court.ts';
import type { SimOptions } from './faults.ts';
import { Ground, START_US } from './ground.ts';

export interface RunnerOptions {
  readonly breaks?: Break | undefined;
  readonly keepsLines?: boolean;
}

export class Partitions {
  readonly options: SimOptions;
  readonly ground: Ground;
  readonly of: readonly Cluster[];
  /** What happened, in order; only if asked for. */
  readonly lines: string[] = [];
  readonly #names: Random;

  constructor(options: SimOptions, { breaks, keepsLines = false }: RunnerOptions = {}) {
    this.options = options;
    const dice = new Random(`sim ${options.seed}`);
    const ground = new Ground(options, dice);
    const people = peopleOf(options, START_US / 1000, dice.fork('people'), breaks);
    this.ground = ground;
    this.#names = dice.fork('generations');
    this.of = Array.from(
      { length: ground.partitions },
      (_, partition) =>
        new Cluster(options, {
          ground,
          partition,
          dice: partition === 0 ? dice : dice.fork(`partition ${partition}`),
          people: people.filter(({ measure }) => partitionOf(measure, ground.partitions) === partition),
          breaks,
          lines: keepsLines ? this.lines : undefined,
        }),
    );
    ground.clusters = this.of;
  }

  /** 8 hex digits. */
  foundingName(): string {
    return this.#names.uint32().toString(16).padStart(8, '0');
  }
  get nowMs(): number {
    return (this.ground.schedule.nowUs - START_US) / 1000;
  }
  runUntil(ms: number): Promise<void> {
    return this.ground.schedule.runUntil(START_US + ms * 1000);
  }
  note(line: string): void {
    for (const cluster of this.of) cluster.note(line);
  }
  /** What the site answers from; undefined until its process has opened all. */
  replica(site: SiteId): SiteReplica | undefined {
    const replicas = this.of.flatMap((cluster) => cluster.sites[site].replica ?? []);
    return replicas.length === this.of.length ? new SiteReplica(replicas) : undefined;
  }
}
