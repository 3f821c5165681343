// One partition of two simulated sites with its wearers and operators. Everything that happens in it is recorded.
import { SITES, type SiteId, otherSite } from '@vigie/model';
import { type PublishedEvent, encodePayload } from '@vigie/replica';
import type { Random } from '../random.ts';
import { AlarmWatch } from './alarm-watch.ts';
import { Authority } from './authority.ts';
import type { Break } from './breaks.ts';
import type { SimPerson } from './court.ts';
import { Device } from './device.ts';
import { SimDisk } from './disk.ts';
import type { Answer } from './door.ts';
import type { SimOptions } from './faults.ts';
import { History, type SettledNote } from './history.ts';
import { type Ground, START_US } from './ground.ts';
import type { Line } from './line.ts';
import { LiveWatch } from './live-watch.ts';
import { LogServer } from './log-server.ts';
import { Operators } from './operators.ts';
import { Receivers } from './receivers.ts';
import { RuleMakers } from './rule-makers.ts';
import type { Schedule } from './schedule.ts';
import { SimSite, type SiteHooks, orderHash } from './site.ts';

const CASE_AGAIN_US = 400_000;

export interface ClusterOptions {
  readonly ground: Ground;
  readonly partition: number;
  readonly dice: Random;
  /** Whose cases lie in this partition; there may be none. */
  readonly people: readonly SimPerson[];
  readonly breaks: Break | undefined;
  /** Where to write down what happens, for people to read. */
  readonly lines: string[] | undefined;
}

export class Cluster {
  readonly options: SimOptions;
  readonly breaks: Break | undefined;
  readonly ground: Ground;
  readonly partition: number;
  readonly history: History;
  readonly sites: { readonly [site in SiteId]: SimSite };
  readonly people: readonly SimPerson[];
  readonly devices: readonly Device[];
  readonly operators: Operators;
  readonly receivers: Receivers;
  readonly alarms = new AlarmWatch(this);
  readonly unreached = { noirmont: 0, delemont: 0 };
  readonly lostDisk = { noirmont: false, delemont: false };
  /** What a site's process threw when it opened. */
  thrown: unknown;
  readonly #dice: Random;
  /** Where each place of the merged order came in the sequence of everything settled, as the first site said. */
  readonly #indexOfPlace = new Map<string, number>();
  /** Of the order of everything before each number of that sequence. */
  readonly #hashBefore: number[] = [0];
  readonly #live: LiveWatch;

  constructor(options: SimOptions, o: ClusterOptions) {
    this.options = options;
    this.ground = o.ground;
    this.partition = o.partition;
    this.breaks = o.breaks;
    this.history = new History(o.lines);
    this.#dice = o.dice;
    this.receivers = new Receivers(this.schedule, this.#dice.fork('receivers'), options.receivers ?? options.mobile);
    const servers = {
      noirmont: this.#server('noirmont'),
      delemont: this.#server('delemont'),
    };
    for (const site of SITES) servers[site].peer = servers[otherSite(site)];
    this.sites = { noirmont: this.#site(servers.noirmont), delemont: this.#site(servers.delemont) };
    this.people = o.people;
    this.devices = this.people.map((person) => this.#device(person));
    this.operators = new Operators(this, this.#dice.fork('operators'));
    this.#live = new LiveWatch(this);
  }

  start(): void {
    const { options } = this;
    for (const site of SITES) {
      this.schedule.after(this.#dice.below(100_000), () => {
        this.sites[site].server.start();
        this.sites[site].start();
      });
    }
    for (const person of this.people) this.#openCase(person, this.#dice.fork(`case ${person.index}`));
    if (this.people.length > 0) this.operators.start();
    if (this.people.length > 0 && options.authority === true) new Authority(this, this.#dice.fork('authority')).start();
    if (options.rules === true) new RuleMakers(this, this.#dice.fork('rules')).start();
    this.#live.start();
  }
  isErased(site: SiteId, measure: string): boolean {
    return this.sites[site].replica?.erased(measure) === true;
  }
  get schedule(): Schedule {
    return this.ground.schedule;
  }
  get line(): Line {
    return this.ground.line;
  }
  get nowMs(): number {
    return (this.schedule.nowUs - START_US) / 1000;
  }
  note(line: string): void {
    const where = this.partition === 0 ? '' : ` [${this.partition}]`;
    this.history.trace(`${this.schedule.nowUs - START_US}${where} ${line}`);
  }
  emptyDisk(): SimDisk {
    return new SimDisk();
  }

  /** L17: that site goes by the other's generation; it is to read its log anew. */
  yielded(site: SiteId, generation: string): void {
    const { history } = this;
    history.forget(site, generation);
    this.operators.forget(site, generation);
    this.#indexOfPlace.clear();
    this.#hashBefore.length = 1;
    const first: SettledNote[] = [];
    for (const note of history.settled) first[note.index] ??= note;
    this.sites[site].loseSnapshots();
    for (const [index, note] of first.entries()) {
      this.#indexOfPlace.set(`${note.t} ${note.placed.site}`, index);
      this.#hashBefore.push(orderHash(this.#hashBefore[index] ?? 0, note.placed));
    }
  }

  #server(site: SiteId): LogServer {
    const { schedule, options, breaks } = this;
    return new LogServer({
      site,
      schedule,
      dice: this.#dice.fork(`server ${site}`),
      line: this.line,
      fsyncUs: options.fsyncUs,
      breaks,
    });
  }
  #site(server: LogServer): SimSite {
    const { schedule, options, line, breaks } = this;
    return new SimSite({
      ground: this.ground,
      partition: this.partition,
      schedule,
      dice: this.#dice.fork(`site ${server.site}`),
      options,
      line,
      server,
      peer: () => this.sites[otherSite(server.site)],
      receivers: options.receivers === undefined ? undefined : this.receivers,
      hooks: this.#hooks(),
      breaks,
    });
  }

  /** The case reaches the log by way of some site, again and again under one id, until both know it. */
  #openCase(person: SimPerson, dice: Random): void {
    const { measure, recorded, caseId } = person;
    const attempt = (): void => {
      const isErased = SITES.some((site) => this.isErased(site, measure));
      if (isErased || SITES.every((site) => this.sites[site].replica?.measureOfCase(caseId) !== undefined)) return;
      this.schedule.after(CASE_AGAIN_US * (0.5 + dice.unit()), attempt);
      const site = this.sites[dice.pick(SITES)];
      const process = site.process;
      if (process?.replica === undefined || process.replica.measureOfCase(caseId) !== undefined) return;
      const { replica, life, keys } = process;
      life.run(() => {
        keys.accept(measure);
        void replica.decide(
          { kind: 'case', measure, payload: encodePayload('case', recorded), entryId: `case-${person.index}` },
          500,
        );
      });
      const peer = this.sites[otherSite(site.site)];
      this.line.send(site.site, () => peer.process?.life.run(() => peer.process?.keys.accept(measure)));
    };
    this.schedule.after(dice.below(300_000), attempt);
  }

  #device(person: SimPerson): Device {
    return new Device({
      person,
      schedule: this.schedule,
      dice: this.#dice.fork(`device ${person.index}`),
      network: this.options.mobile,
      forgets: this.options.forgetful === true,
      reaches: (site) => this.unreached[site] === 0,
      upload: (site, tokenHash, reports, answer) => {
        const process = this.sites[site].process;
        process?.life.run(() =>
          process.door?.upload(tokenHash, reports, (said) => {
            this.alarms.answered(site, person, reports, said);
            answer(said);
          }),
        );
      },
      acknowledged: (reports, answer) => this.#acknowledged(person, reports, answer),
    });
  }
  #acknowledged(
    person: SimPerson,
    reports: readonly { readonly boot?: number; readonly seq?: number }[],
    { at, durable }: Extract<Answer, { kind: 'stored' }>,
  ): void {
    const here = this.sites[otherSite(at.site)].server.disk.stream(at.site, at.epoch)?.messages.length ?? 0;
    const onOneDisk = durable === 'both' && here < at.seq && !this.lostDisk[otherSite(at.site)];
    for (const { boot, seq } of reports) {
      this.history.acks.push({
        device: person.deviceId,
        boot: boot ?? 0,
        seq: seq ?? 0,
        durable,
        at,
        atMs: this.nowMs,
        onOneDisk,
      });
      this.note(`ack ${person.deviceId} ${seq} ${durable} ${at.site}.${at.epoch}:${at.seq}`);
    }
  }

  #hooks(): SiteHooks {
    const { history } = this;
    return {
      opened: (site) => {
        const through = site.replica?.merge.settledThrough;
        const known = through === undefined ? -1 : this.#indexOfPlace.get(`${through.t} ${through.site}`);
        site.nextIndex = (known ?? history.settled.length) + 1;
        site.settledHash = this.#hashBefore[site.nextIndex] ?? 0;
        this.note(`open ${site.site} ${site.lives} ${site.nextIndex}`);
      },
      settled: (site, change) => {
        // The change that tells of the return settles what was settled alone before it, too.
        const isAlone = site.replica?.merge.hasLeft(otherSite(site.site)) === true;
        const mayBeAlone = isAlone || site.wasAlone;
        site.wasAlone = isAlone;
        for (const placed of change.settled) {
          const index = site.nextIndex++;
          site.settledHash = orderHash(site.settledHash, placed);
          this.#hashBefore[site.nextIndex] ??= site.settledHash;
          const key = `${placed.t} ${placed.site}`;
          if (!this.#indexOfPlace.has(key)) this.#indexOfPlace.set(key, index);
          const there = this.sites[otherSite(site.site)].server.disk.stream(placed.site, placed.epoch);
          const onOneDisk =
            !mayBeAlone &&
            !this.lostDisk.noirmont &&
            !this.lostDisk.delemont &&
            (there?.messages.length ?? 0) < placed.seq;
          const generation = site.replica?.merge.generation ?? '';
          history.settled.push({
            site: site.site,
            life: site.lives,
            index,
            placed,
            t: placed.t,
            onOneDisk,
            generation,
          });
          this.note(`settled ${site.site} ${index} ${placed.t} ${placed.site}.${placed.epoch}:${placed.seq}`);
        }
      },
      event: (site, event) => {
        if (this.breaks === 'tells-nobody') return;
        const note = (noted: PublishedEvent): void => {
          history.events.push({ site: site.site, life: site.lives, atMs: this.nowMs, event: noted });
        };
        if (this.breaks === 'publishes-twice' && history.events.length === 0) note(event);
        if (this.breaks === 'announces-anew' && history.events.length === 0)
          for (const other of renamed(event)) note(other);
        note(event);
        this.note(`event ${site.site} ${event.id}`);
      },
      digest: (site, second, value) => {
        const flips = this.breaks === 'flips-digest' && history.digests.length === 5;
        const generation = site.replica?.merge.generation ?? '';
        const said = flips ? flipped(value) : value;
        history.digests.push({ site: site.site, life: site.lives, second, value: said, generation });
        this.note(`digest ${site.site} ${second} ${value}`);
      },
      threw: (cause) => {
        this.thrown ??= cause;
      },
      fault: (site, fault) => {
        history.faults.push({ site: site.site, life: site.lives, fault });
        this.note(`told ${site.site} ${fault.kind}`);
      },
    };
  }
}

const flipped = (hex: string): string => (Number.parseInt(hex[0] ?? '0', 16) ^ 1).toString(16) + hex.slice(1);
const renamed = (event: PublishedEvent): PublishedEvent[] =>
  Array.from({ length: 100 }, (_, i) => {
    const incidentId = `${i}`.padStart(32, '0');
    return { ...event, id: `${incidentId}/${event.data.step}`, data: { ...event.data, incidentId } };
  });
