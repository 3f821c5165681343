// What the log server says of itself on its monitoring port: a stream whose store failed shows there and nowhere else, copies included.
const TIMEOUT_MS = 1_000;
const TEXT_MAX = 300;

/** Undefined: healthy. Otherwise what is wrong and what to do about it, or the server's own words. */
export async function logServerProblem(monitor: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${monitor}/healthz?details=true`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    if (answer.ok) return undefined;
    const lost = notRecovered(text);
    return lost.length > 0 ? sayNotRecovered(lost) : `the log server is not healthy: ${text.slice(0, TEXT_MAX)}`;
  } catch {
    return 'the log server does not answer on its monitoring port';
  }
}

/** Streams that the server has on its disk and could not take up at its start: mostly one that it was killed while making (2.15.1). */
function notRecovered(text: string): string[] {
  try {
    const { errors } = JSON.parse(text) as { errors?: { type?: string; stream?: string; error?: string }[] };
    return (errors ?? []).flatMap(({ type, stream, error = '' }) =>
      type === 'STREAM' && stream !== undefined && error.includes('could not be recovered') ? [stream] : [],
    );
  } catch {
    return []; // not the details of this version: they are told as they are
  }
}

/** The site makes a copy anew by itself. An own stream that holds a block is never removed (L1). */
const sayNotRecovered = (streams: readonly string[]): string =>
  `the log server could not take up ${streams.join(', ')} at its start. If it was killed while making it: stop it, look at the folder ` +
  `streams/${streams[0]} of its store, remove the folder if meta.inf in it is empty and every file in msgs is empty or there is none, ` +
  'start it again. If a file in msgs is not empty, keep the folder: it holds entries of the log';
