// Many devices silent at about the same time, at a site: said as one incident, so that the alarm that matters is not one row of many.
import { type MassSilence, MassSilenceWatch, type SiteReplica } from '@vigie/replica';
import type { OperatingIncidents } from './operating-incidents.ts';
import type { Note } from './operating-log.ts';

const LOOK_EVERY_MS = 2_000;

export interface MassSilenceParts {
  readonly replica: Pick<SiteReplica, 'silences' | 'devicesRunning' | 'caughtUp'>;
  readonly incidents: OperatingIncidents;
  readonly note: Note;
}

export interface MassSilenceState {
  /** As of the last look; undefined: none runs. */
  readonly state: () => MassSilence | undefined;
  /** A silence that is or was within a day one of many. */
  readonly wasOneOfMany: (incidentId: string) => boolean;
  readonly stop: () => void;
}

export function watchMassSilence({ replica, incidents, note }: MassSilenceParts): MassSilenceState {
  const watch = new MassSilenceWatch({
    silences: replica.silences,
    devicesRunning: () => replica.devicesRunning,
    nextTurn: () => new Promise((resolve) => void setImmediate(resolve)),
  });
  const look = async (): Promise<void> => {
    // While the log is still being read, whoever reported later is silent yet.
    if (!replica.caughtUp) return;
    try {
      await watch.look();
      const { state } = watch;
      incidents.set('mass-silence', state === undefined ? undefined : sentence(state));
    } catch (cause) {
      note('error', 'who is silent could not be looked at; it is tried again', cause);
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    state: () => watch.state,
    wasOneOfMany: (incidentId) => watch.wasOneOfMany(incidentId),
    stop: () => clearInterval(timer),
  };
}

function sentence({ sinceMs, devices }: MassSilence): string {
  const alone = devices.filter(({ standsAlone }) => standsAlone).length;
  const since = new Date(sinceMs).toISOString();
  return `${devices.length} devices fell silent since ${since}, ranked by harm; ${alone} of them in cases where somebody may be hurt`;
}
