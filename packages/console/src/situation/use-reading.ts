// What a view reads of the site in use and keeps fresh while it is shown: anew at once when the console moves to the other site.
import { useEffect, useState } from 'react';
import { pause } from '../client/pause.ts';
import { useClient, useDesk } from '../shell/desk-context.ts';
import type { Loaded } from '../state/console-state.ts';

/** Null: there is nothing to read now. */
export function useReading<T>(path: string | null, everyMs: number): Loaded<T> {
  const client = useClient();
  const site = useDesk((state) => state.link.at);
  const [reading, setReading] = useState<{ readonly of: string; readonly value: Loaded<T> }>();
  const of = `${site} ${path}`;
  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const answer = await client.call<T>(path);
        if (stop.signal.aborted) return;
        setReading({
          of,
          value:
            answer.kind === 'ok'
              ? { kind: 'loaded', value: answer.body }
              : answer.kind === 'refused'
                ? { kind: 'refused', problem: answer.problem }
                : { kind: 'unreachable' },
        });
        await pause(everyMs, stop.signal);
      }
    };
    void read();
    return () => stop.abort();
  }, [client, of, path, everyMs]);
  return reading?.of === of ? reading.value : { kind: 'loading' };
}
