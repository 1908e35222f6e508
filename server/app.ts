/** The HTTP side of the server: which router answers what, headers for everything, errors last. */
import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { AppError } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface AppDeps {
  log: Log;
  metrics: Metrics;
  /** number of proxies in front whose X-Forwarded-For is believed */
  trustedProxies: number;
  /** null = ready; else a code that says what is missing (`database`, `migrations`, `stopping`) */
  readiness: () => Promise<string | null>;
  /** tried in this order: webhooks, console, staff API, then the web chat at `/` */
  routers: readonly Router[];
}

export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', deps.trustedProxies);
  app.set('query parser', 'simple');
  app.use(setBaseHeaders(), keepNothing);
  app.get('/healthz', (_request, response) => {
    response.json({ ok: true });
  });
  app.get('/readyz', async (_request, response) => {
    const missing = await deps.readiness();
    response
      .status(missing === null ? 200 : 503)
      .json(missing === null ? { ok: true } : { ok: false, missing });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(deps.metrics.contentType).send(await deps.metrics.text());
  });
  app.get('/robots.txt', (_request, response) => {
    response.type('text/plain').send('User-agent: *\nDisallow: /console\nDisallow: /api\nDisallow: /hooks\n');
  });
  for (const router of deps.routers) app.use(router);
  app.use((_request, response) => {
    response.status(404).json({ error: 'not_found' });
  });
  app.use(answerFault(deps.log));
  return app;
}

/** Strict by default; the web chat and the console set their own policy for their pages. */
function setBaseHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
  });
}

/** Nothing of a conversation stays in a cache, and no page asks for sensors. */
const keepNothing: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), interest-cohort=()');
  next();
};

/** Errors say a code and an id to look up in the log; never a stack, a path or a query. */
function answerFault(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const known = readFault(error);
    const errorId = randomUUID();
    if (known.status >= 500) log.error({ event: 'request_failed', errorId, code: known.code, error });
    if (response.headersSent) {
      next(error);
      return;
    }
    if (known.status === 503) response.setHeader('Retry-After', '5');
    response.status(known.status).json({ error: known.code, errorId });
  };
}

function readFault(error: unknown): { status: number; code: string } {
  if (error instanceof AppError) return { status: error.status, code: error.code };
  const status = statusOf(error);
  if (status === 413) return { status, code: 'body_too_large' };
  return status >= 400 && status < 500 ? { status, code: 'bad_request' } : { status: 500, code: 'internal' };
}

/** body-parser and Express put the status on their errors. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500;
  return typeof error.status === 'number' ? error.status : 500;
}
