// Who reports to two running sites: creates the cases that are not there yet and plays the source. What `./vigie up` runs.
import { type SiteAccess, Sites } from '../client/sites.ts';
import type { Source } from '../types.ts';
import { Player } from './player.ts';

export interface LoadOptions {
  readonly access: SiteAccess;
  readonly source: Source;
  readonly speed: number;
  /** Device tokens of an earlier run on the same data: their cases exist already. */
  readonly knownDevices?: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}
export interface RunningLoad {
  /** Device id to bearer token, for access.json. */
  readonly devices: Readonly<Record<string, string>>;
  readonly counters: () => { readonly sent: number; readonly waiting: number; readonly retries: number };
  stop(): Promise<void>;
}

/** Lines about refused reports; more are counted only. */
const REFUSALS_SAID_MAX = 20;

export async function startLoad(o: LoadOptions): Promise<RunningLoad> {
  const sites = new Sites(o.access);
  const known = o.knownDevices ?? {};
  const fresh = o.source.cases.filter(({ devices }) => devices.some(({ deviceId }) => known[deviceId] === undefined));
  const devices = { ...known, ...(await sites.createCases(fresh)) };
  let refusals = 0;
  const player = new Player({
    sites,
    source: o.source,
    tokens: devices,
    speed: o.speed,
    keepHistory: false,
    onRefused: (why) => {
      if (++refusals <= REFUSALS_SAID_MAX) o.say(why);
    },
  });
  o.say(`${player.devices} devices of ${o.source.cases.length} cases report`);
  player.start();
  return {
    devices,
    counters: () => ({ sent: player.sent, waiting: player.waiting, retries: player.retries }),
    stop: async () => {
      await player.stop();
      sites.close();
    },
  };
}
