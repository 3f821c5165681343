// Appends `engine_version` once the programs of both sites know newer rules than those in force: rolling upgrades switch by themselves,
// at one place of the merged order, after the second site has been upgraded.
import { randomBytes } from 'node:crypto';
import type { SiteLog } from '@vigie/log';
import type { EngineVersionData } from '@vigie/model';
import { type DueSwitchOptions, dueSwitch } from '@vigie/replica';
import type { Note } from './operating-log.ts';

/** Between two looks; a switch waits for a rolling upgrade, not for a person. */
const LOOK_EVERY_MS = 1_000;
/** A switch that was appended is read back well within this; then it is in force, or is tried again. */
const AGAIN_AFTER_MS = 10_000;

export interface RulesSwitchOptions extends DueSwitchOptions {
  readonly log: Pick<SiteLog, 'append' | 'peer'>;
  readonly nowMs: () => number;
  readonly note: Note;
}

/** Returns how it is ended. */
export function watchRules(o: RulesSwitchOptions): () => void {
  let notBeforeMs = 0;
  const look = (): void => {
    const version = dueSwitch(o);
    if (version === undefined || o.nowMs() < notBeforeMs) return;
    notBeforeMs = o.nowMs() + AGAIN_AFTER_MS;
    const data: EngineVersionData = { version };
    void o.log
      .append({ kind: 'engine_version', entryId: randomBytes(16).toString('hex'), items: [], data })
      .then((result) => {
        if (result.kind === 'stored') o.note('info', `both sites know version ${version} of the rules: switched to it`);
        else o.note('warn', `the switch to version ${version} of the rules was not stored: ${result.detail}`);
      });
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
