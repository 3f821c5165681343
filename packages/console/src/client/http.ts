// One request to one site. Whatever goes wrong is a value: a console must show trouble, not stumble over it.
import type { Problem } from '@vigie/api/contract';

export type Answer<T> =
  | {
      readonly kind: 'ok';
      readonly status: number;
      readonly body: T;
      readonly position: string | null;
      readonly etag: string | null;
    }
  /** The site answered and said no. */
  | { readonly kind: 'refused'; readonly status: number; readonly problem: Problem }
  /** No answer that can be relied on. A step that was sent may or may not have been recorded. */
  | { readonly kind: 'unreachable'; readonly cause: unknown };

export interface Target {
  readonly url: string;
  readonly token: string;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export async function request<T>(target: Target, path: string, options: RequestOptions): Promise<Answer<T>> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await fetch(target.url + path, {
      method: options.method ?? 'GET',
      headers: {
        Authorization: `Bearer ${target.token}`,
        Accept: 'application/json',
        ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
      // Personal data stays out of the browser's disk cache.
      cache: 'no-store',
      credentials: 'omit',
    });
    if (!response.ok) return { kind: 'refused', status: response.status, problem: await problemOf(response) };
    return {
      kind: 'ok',
      status: response.status,
      body: (await response.json()) as T,
      position: response.headers.get('Vigie-Position'),
      etag: response.headers.get('ETag'),
    };
  } catch (cause) {
    return { kind: 'unreachable', cause };
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const plain: Problem = { type: 'about:blank', title: response.statusText, status: response.status };
  if (!(response.headers.get('Content-Type') ?? '').includes('json')) return plain;
  try {
    return { ...plain, ...((await response.json()) as Partial<Problem>) };
  } catch {
    // A broken body does not change what the status says.
    return plain;
  }
}

/** True when the site is alive but cannot serve: gateway and availability errors, not refusals. */
export const isTrouble = <T>(answer: Answer<T>): boolean =>
  answer.kind === 'unreachable' || (answer.kind === 'refused' && answer.status >= 500);
