// `./vigie rule list|off|on|approve`: asks a site over HTTP what is switched off, for a switch, or to approve one; for everybody, or one rule
// of one case.
import { CouldNotRun } from '../process/could-not-run.ts';

export type RuleAction = 'list' | 'off' | 'on' | 'approve';

/** One rule of one case; `until` as RFC 3339, when it is to be on again. */
export interface OfCase {
  readonly caseId: string;
  readonly until: string | undefined;
}

const ASK_WITHIN_MS = 5_000;

export async function switchRule(
  at: { readonly url: string; readonly token: string },
  action: RuleAction,
  what: string | undefined,
  note: string | undefined,
  ofCase?: OfCase,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const path =
    ofCase === undefined ? '/v1/rules/switches' : `/v1/cases/${encodeURIComponent(ofCase.caseId)}/rules/switches`;
  const told = (answer: Answer) => said(answer, ofCase);
  if (action === 'list') return told(await call(at, 'GET', path));
  if (what === undefined)
    throw new CouldNotRun(action === 'approve' ? 'name the id that was asked for' : 'name the rule, e.g. battery');
  if (action === 'approve') return told(await call(at, 'POST', `${path}/${encodeURIComponent(what)}/approve`, {}));
  if (note === undefined) throw new CouldNotRun('say why with --note: everybody who asks later reads it');
  const off = action === 'off';
  if (ofCase === undefined) return told(await call(at, 'POST', path, { rule: what, off, note }));
  if (off && ofCase.until === undefined)
    throw new CouldNotRun('say with --until when it is on again, five days ahead at most, like 2026-11-24T08:00:00Z');
  const until = off ? { until: ofCase.until } : {};
  return told(await call(at, 'POST', path, { ruleId: what, off, ...until, note }));
}

interface Switches {
  readonly off?: readonly {
    readonly rule?: string;
    readonly ruleId?: string;
    readonly since: string;
    /** Of one case. */
    readonly until?: string;
    readonly by: readonly string[];
    readonly note: string;
  }[];
  readonly asked?: readonly {
    readonly id: string;
    readonly rule?: string;
    readonly ruleId?: string;
    readonly off: boolean;
    readonly by: string;
    readonly note: string;
    readonly until: string;
  }[];
}
interface Answer {
  readonly status: number;
  readonly body: Switches & {
    /** Of a case, after a decision. */
    readonly switches?: Switches;
    readonly fields?: readonly { readonly field: string; readonly reason: string }[];
    readonly detail?: string;
    readonly title?: string;
  };
}

function said(
  { status, body }: Answer,
  ofCase: OfCase | undefined,
): { readonly ok: boolean; readonly message: string } {
  if (status !== 200 && status !== 202) {
    const [field] = body.fields ?? [];
    const why = field === undefined ? undefined : `${field.field} ${field.reason}`;
    return { ok: false, message: body.detail ?? why ?? body.title ?? `answered ${status}` };
  }
  const { off = [], asked = [] } = body.switches ?? body;
  const of = ofCase === undefined ? '' : ` --case ${ofCase.caseId}`;
  const lines = [
    ...off.map(({ rule, ruleId = rule, since, until, by, note }) => {
      const end = until === undefined ? '' : ` until ${until}`;
      return `off      ${ruleId} since ${since}${end}, by ${by.join(' and ')}: ${note}`;
    }),
    ...asked.map(
      ({ id, rule, ruleId = rule, off: isOff, by, note, until }) =>
        `asked    ${ruleId} ${isOff ? 'off' : 'on'}, by ${by}: ${note}\n         ./vigie rule approve ${id}${of}  (another person, until ${until})`,
    ),
  ];
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
