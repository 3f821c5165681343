// One declaration per route: it is checked by what it says, and the OpenAPI document says the same.
import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import { withRuleIds } from '@vigie/model';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { ApiPorts } from '../ports.ts';
import type { Principal, Role } from '../tokens.ts';
import { authenticate } from './authenticate.ts';
import { readJson } from './body.ts';
import { fieldErrors } from './fields.ts';
import { type MinPosition, awaitMinPosition } from './position.ts';
import { badQuery, problem } from './problem.ts';

/** By which port of the site a request came in: one for people and devices, one for the other site and monitoring, or one for all. */
export type Door = 'public' | 'internal' | 'any';

export interface Env {
  Bindings: { readonly door: Door };
  Variables: {
    /** What `Vigie-Position` says when the answer rests on rows; without it, what has been received. */
    position: string | undefined;
    min: MinPosition | undefined;
  };
}

type Shape = z.ZodObject;
type Out<T extends z.ZodType | undefined> = T extends z.ZodType ? z.output<T> : undefined;

export interface RouteSpec<P extends Shape | undefined, Q extends Shape | undefined, B extends z.ZodType | undefined> {
  readonly method: 'get' | 'post' | 'put';
  /** As OpenAPI writes it: `/v1/cases/{caseId}`. */
  readonly path: string;
  readonly summary: string;
  /** Who may; `anyone` needs no token, `device` means that devices may too. */
  readonly roles: 'anyone' | readonly (Role | 'device')[];
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Headers worth telling, beside Vigie-Min-Position: name -> what it is for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly responses: RouteConfig['responses'];
}

interface Call<P extends Shape | undefined, Q extends Shape | undefined, B extends z.ZodType | undefined> {
  readonly c: Context<Env>;
  readonly who: Principal;
  readonly params: Out<P>;
  readonly query: Out<Q>;
  readonly body: Out<B>;
}

export type Handler<P extends Shape | undefined, Q extends Shape | undefined, B extends z.ZodType | undefined> = (
  call: Call<P, Q, B>,
) => Promise<Response> | Response;

export class Router {
  readonly app: OpenAPIHono<Env>;
  readonly ports: ApiPorts;

  constructor(app: OpenAPIHono<Env>, ports: ApiPorts) {
    this.app = app;
    this.ports = ports;
  }

  route<
    P extends Shape | undefined = undefined,
    Q extends Shape | undefined = undefined,
    B extends z.ZodType | undefined = undefined,
  >(spec: RouteSpec<P, Q, B>, handler: Handler<P, Q, B>): void {
    this.describe(spec);
    const path = spec.path.replaceAll(/\{(\w+)\}/g, ':$1');
    this.app.on(spec.method.toUpperCase(), path, async (c) => {
      const who = spec.roles === 'anyone' ? ANYONE : authenticate(this.ports, c.req.header('authorization'));
      if (who === undefined) return problem('unauthenticated');
      if (spec.roles !== 'anyone' && !spec.roles.includes(who.role)) return problem('forbidden');
      const params = spec.params?.safeParse(c.req.param());
      // An id that cannot be one names nothing.
      if (params?.success === false) return problem('not-found');
      const query = spec.query?.safeParse(c.req.query());
      if (query?.success === false) return badQuery(fieldErrors(query.error.issues));
      let body: unknown;
      if (spec.body !== undefined) {
        const read = await readJson(c.req.raw);
        if (!read.ok) return read.response;
        const parsed = spec.body.safeParse(read.value);
        if (!parsed.success)
          return problem('invalid-input', { fields: withRuleIds(fieldErrors(parsed.error.issues), read.value) });
        body = parsed.data;
      }
      const missed = await awaitMinPosition(this.ports, c);
      if (missed !== undefined) return missed;
      const call = { c, who, params: params?.data, query: query?.data, body };
      return handler(call as unknown as Call<P, Q, B>);
    });
  }

  /** Only for the document. */
  describe(spec: RouteSpec<Shape | undefined, Shape | undefined, z.ZodType | undefined>): void {
    const { method, path, summary, responses } = spec;
    this.app.openAPIRegistry.registerPath({
      method,
      path,
      summary,
      ...(spec.roles === 'anyone' ? {} : { security: [{ bearer: [] }] }),
      request: {
        ...(spec.params === undefined ? {} : { params: spec.params }),
        ...(spec.query === undefined ? {} : { query: spec.query }),
        ...(spec.body === undefined ? {} : { body: { content: { 'application/json': { schema: spec.body } } } }),
      },
      parameters: Object.entries({ ...spec.headers, ...(spec.roles === 'anyone' ? {} : POSITION_HEADER) }).map(
        ([name, description]) => ({ name, in: 'header' as const, description, schema: { type: 'string' as const } }),
      ),
      responses: { ...responses, default: PROBLEM_RESPONSE },
    });
  }
}

const ANYONE: Principal = { subject: 'anyone', role: 'device', authority: null };
const POSITION_HEADER = {
  'Vigie-Min-Position': 'Answer only from a state that has received this position; waits up to 2 s, then 503.',
};
export const PROBLEM_RESPONSE = {
  description: 'RFC 9457 problem document; its type ends with a kind of a closed list.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
} satisfies RouteConfig['responses'][string];
