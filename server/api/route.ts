/** One declaration per route: who may, what goes in and out, what is audited. From it come the handler and the document. */
import type { Request, Response } from 'express';
import type { PoolClient } from 'pg';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Db } from '../ports.ts';
import { appendAudit } from '../store/audit.ts';
import type { AuditDetail } from '../store/audit.ts';
import type { Actor } from '../store/user-sessions.ts';
import { REFUSALS } from './contract.ts';
import type { Refusal, RefusalCode } from './contract.ts';
import type { SessionCookie } from './cookies.ts';
import type { ApiDeps } from './deps.ts';
import type { Passwords } from './passwords.ts';
import type { Assurance, Permission } from './policies.ts';
import type { SignInLimit } from './sign-in-limit.ts';

/** What all handlers share. */
export interface Tools extends ApiDeps {
  passwords: Passwords;
  limit: SignInLimit;
  cookie: SessionCookie;
}

export interface RawCall {
  request: Request;
  response: Response;
  /** null only on public routes */
  actor: Actor | null;
  tools: Tools;
}

export interface Route {
  method: 'get' | 'post' | 'patch';
  /** below /api, as Express writes it: `/conversations/:id` */
  path: string;
  permission: Permission | 'public';
  /** how surely we must know who asks; null on public routes */
  assurance: Assurance | null;
  summary: string;
  /** the action it leaves in the audit; null: nothing worth keeping */
  audit: string | null;
  params: z.ZodObject;
  body: z.ZodObject;
  /** null: no JSON, see `produces` */
  output: z.ZodObject | null;
  /** media type of an answer that is no JSON; a stream of events unless told */
  produces?: string;
  refusals: readonly RefusalCode[];
  /** of a request; the usual limit unless told */
  maxBodyBytes?: number;
  serve: (call: RawCall) => Promise<void>;
}

export interface Done<T> {
  kind: 'done';
  value: T;
  /** of the audit row */
  objectId: string | null;
  detail: AuditDetail;
  /** undefined: the cookie stays; null: it goes */
  cookie: string | null | undefined;
}
export interface Refused {
  kind: 'refused';
  refusal: Refusal;
}
export type Reply<T> = Done<T> | Refused;

export function done<T>(value: T, more: Partial<Omit<Done<T>, 'kind' | 'value'>> = {}): Done<T> {
  return { kind: 'done', value, objectId: null, detail: {}, cookie: undefined, ...more };
}

export function refused(code: RefusalCode, more: Omit<Refusal, 'code'> = {}): Refused {
  return { kind: 'refused', refusal: { code, ...more } };
}

interface Spec<P extends z.ZodObject, B extends z.ZodObject, O extends z.ZodObject> {
  method: Route['method'];
  path: string;
  summary: string;
  params: P;
  body: B;
  output: O;
  refusals?: readonly RefusalCode[];
  maxBodyBytes?: number;
}

/** Without `assurance` the second factor must have been shown. */
interface Guarded {
  permission: Permission;
  assurance?: Assurance;
}

interface Call<P extends z.ZodObject, B extends z.ZodObject> {
  params: z.output<P>;
  body: z.output<B>;
  /** as Express sees it behind the trusted proxy; never stored or logged */
  address: string;
  tools: Tools;
}

type Answer<O extends z.ZodObject> = Promise<Reply<z.input<O>>>;

/** For anyone. The handler keeps its own transactions and audit, because hashing a password must not hold a connection. */
export function publicRoute<P extends z.ZodObject, B extends z.ZodObject, O extends z.ZodObject>(
  spec: Spec<P, B, O> & {
    audit: string | null;
    handle: (call: Call<P, B> & { request: Request }) => Answer<O>;
  },
): Route {
  return build(spec, PUBLIC, spec.audit, (call, raw) => spec.handle({ ...call, request: raw.request }));
}

/**
 * Signed in, with transactions and audit of its own: what failed must leave a row although nothing changed, and a password is
 * hashed without holding a connection.
 */
export function ownRoute<P extends z.ZodObject, B extends z.ZodObject, O extends z.ZodObject>(
  spec: Spec<P, B, O> &
    Guarded & {
      audit: string | null;
      handle: (call: Call<P, B> & { actor: Actor; now: Date }) => Answer<O>;
    },
): Route {
  return build(spec, spec, spec.audit, (call, raw) =>
    spec.handle({ ...call, actor: present(raw.actor), now: call.tools.clock.now() }),
  );
}

/** Reads that leave no trace: lists without content, one's own account. */
export function readRoute<P extends z.ZodObject, B extends z.ZodObject, O extends z.ZodObject>(
  spec: Spec<P, B, O> &
    Guarded & {
      handle: (call: Call<P, B> & { actor: Actor; db: Db }) => Answer<O>;
    },
): Route {
  return build(spec, spec, null, (call, raw) =>
    spec.handle({ ...call, actor: present(raw.actor), db: raw.tools.pool }),
  );
}

/** Everything else: one transaction with the handler's work and its audit row. What is refused changes nothing. */
export function auditedRoute<P extends z.ZodObject, B extends z.ZodObject, O extends z.ZodObject>(
  spec: Spec<P, B, O> &
    Guarded & {
      audit: { action: string; object: string };
      handle: (call: Call<P, B> & { actor: Actor; client: PoolClient; now: Date }) => Answer<O>;
    },
): Route {
  return build(spec, spec, spec.audit.action, async (call, raw) => {
    const actor = present(raw.actor);
    const now = call.tools.clock.now();
    return call.tools.transact(async (client) => {
      const reply = await spec.handle({ ...call, actor, client, now });
      if (reply.kind === 'refused') return reply;
      await appendAudit(client, {
        at: now,
        userId: actor.userId,
        action: spec.audit.action,
        objectKind: spec.audit.object,
        objectId: reply.objectId,
        detail: reply.detail,
      });
      return reply;
    });
  });
}

const PUBLIC = { permission: 'public', assurance: null } as const;

function build<P extends z.ZodObject, B extends z.ZodObject, O extends z.ZodObject>(
  spec: Spec<P, B, O>,
  guarded: { permission: Route['permission']; assurance?: Assurance | null },
  audit: string | null,
  answer: (call: Call<P, B>, raw: RawCall) => Answer<O>,
): Route {
  const { method, path, summary, params, body, output } = spec;
  const serve = async (raw: RawCall): Promise<void> => {
    const { request, response, tools } = raw;
    if (Object.keys(request.query).length > 0) {
      sendRefusal(response, { code: 'bad_request', fields: Object.keys(request.query).map(() => 'query') });
      return;
    }
    const givenParams = params.safeParse(request.params);
    // an id that cannot exist answers like one that does not
    if (!givenParams.success) {
      sendRefusal(response, { code: 'not_found' });
      return;
    }
    const givenBody = body.safeParse(method === 'get' ? {} : (request.body ?? {}));
    if (!givenBody.success) {
      sendRefusal(response, { code: 'bad_request', fields: listFields(body, givenBody.error) });
      return;
    }
    const call = { params: givenParams.data, body: givenBody.data, address: request.ip ?? '', tools };
    const reply = await answer(call, raw);
    if (reply.kind === 'refused') {
      sendRefusal(response, reply.refusal);
      return;
    }
    if (reply.cookie === null) tools.cookie.clear(response);
    else if (reply.cookie !== undefined) tools.cookie.set(response, reply.cookie);
    response.json(output.parse(reply.value));
  };
  return {
    method,
    path,
    permission: guarded.permission,
    assurance: guarded.assurance === undefined ? 'factor' : guarded.assurance,
    summary,
    audit,
    params,
    body,
    output,
    refusals: spec.refusals ?? [],
    ...(spec.maxBodyBytes === undefined ? {} : { maxBodyBytes: spec.maxBodyBytes }),
    serve,
  };
}

/** Names of fields that are in the shape; an extra key is told as `extra`, so that nothing typed comes back. */
function listFields(shape: z.ZodObject, error: z.ZodError): string[] {
  const known = Object.keys(shape.shape);
  const names = error.issues.map((issue) => {
    const name = issue.path[0];
    return typeof name === 'string' && known.includes(name) ? name : 'extra';
  });
  return [...new Set(names)];
}

function present(actor: Actor | null): Actor {
  if (actor === null) throw new AppError('unauthenticated');
  return actor;
}

export function sendRefusal(response: Response, refusal: Refusal): void {
  const status = isRefusalCode(refusal.code) ? REFUSALS[refusal.code] : 500;
  if (refusal.retryAfterSeconds !== undefined) response.set('retry-after', String(refusal.retryAfterSeconds));
  response.status(status).json({ error: refusal });
}

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}
