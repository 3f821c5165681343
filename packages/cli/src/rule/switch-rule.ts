// `./vigie rule list|off|on|approve`: asks a site over HTTP what is switched off, for a switch, or to approve one.
import { CouldNotRun } from '../process/could-not-run.ts';

export type RuleAction = 'list' | 'off' | 'on' | 'approve';

const PATH = '/v1/rules/switches';
const ASK_WITHIN_MS = 5_000;

export async function switchRule(
  at: { readonly url: string; readonly token: string },
  action: RuleAction,
  what: string | undefined,
  note: string | undefined,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  if (action === 'list') return said(await call(at, 'GET', PATH));
  if (what === undefined)
    throw new CouldNotRun(action === 'approve' ? 'name the id that was asked for' : 'name the rule, e.g. battery');
  if (action === 'approve') return said(await call(at, 'POST', `${PATH}/${encodeURIComponent(what)}/approve`, {}));
  if (note === undefined) throw new CouldNotRun('say why with --note: everybody who asks later reads it');
  return said(await call(at, 'POST', PATH, { rule: what, off: action === 'off', note }));
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly off?: readonly {
      readonly rule: string;
      readonly since: string;
      readonly by: readonly string[];
      readonly note: string;
    }[];
    readonly asked?: readonly {
      readonly id: string;
      readonly rule: string;
      readonly off: boolean;
      readonly by: string;
      readonly note: string;
      readonly until: string;
    }[];
    readonly detail?: string;
    readonly title?: string;
  };
}

function said({ status, body }: Answer): { readonly ok: boolean; readonly message: string } {
  if (status !== 200) return { ok: false, message: body.detail ?? body.title ?? `answered ${status}` };
  const off = (body.off ?? []).map(
    ({ rule, since, by, note }) => `off      ${rule} since ${since}, by ${by.join(' and ')}: ${note}`,
  );
  const asked = (body.asked ?? []).map(
    (one) =>
      `asked    ${one.rule} ${one.off ? 'off' : 'on'}, by ${one.by}: ${one.note}\n         ./vigie rule approve ${one.id}  (another person, until ${one.until})`,
  );
  const lines = [...off, ...asked];
  return { ok: true, message: lines.length === 0 ? 'no rule is switched off' : lines.join('\n') };
}

async function call(
  { url, token }: { readonly url: string; readonly token: string },
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    });
  } catch {
    throw new CouldNotRun(`the site does not answer at ${url}`);
  }
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
