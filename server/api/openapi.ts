/** The description of this API in OpenAPI 3.1, made from the shapes the server validates with. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { POLICIES } from './policies.ts';
import type { Assurance } from './policies.ts';
import { REFUSALS, RefusalSchema } from './contract.ts';
import type { RefusalCode } from './contract.ts';
import type { Route } from './route.ts';

/** Every route can answer these besides its own. */
const ALWAYS: readonly RefusalCode[] = [
  'bad_request',
  'not_json',
  'cross_site',
  'body_too_large',
  'database_unavailable',
];
const SIGNED_IN: readonly RefusalCode[] = ['unauthenticated', 'forbidden'];
const PROOF: Readonly<Record<Assurance, { words: string; refusals: readonly RefusalCode[] }>> = {
  password: { words: 'The password is enough.', refusals: [] },
  enrolment: {
    words: 'The password is enough until a second factor is set up, then it must have been shown just now.',
    refusals: ['factor_required', 'step_up_required'],
  },
  factor: { words: 'Needs the second factor.', refusals: ['factor_required'] },
  fresh: {
    words: 'Needs the second factor, shown within five minutes.',
    refusals: ['factor_required', 'step_up_required'],
  },
};

export function describeApi(routes: readonly Route[]): unknown {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'console' });
  for (const route of routes) {
    const hasParams = Object.keys(route.params.shape).length > 0;
    const hasBody = route.method !== 'get' && Object.keys(route.body.shape).length > 0;
    registry.registerPath({
      method: route.method,
      path: route.path.replace(/:(\w+)/g, '{$1}'),
      summary: route.summary,
      description: describeAccess(route),
      security: route.permission === 'public' ? [] : [{ session: [] }],
      request: {
        ...(hasParams ? { params: route.params } : {}),
        ...(hasBody
          ? { body: { required: true, content: { 'application/json': { schema: route.body } } } }
          : {}),
      },
      responses: {
        200: {
          description: 'Done',
          content:
            route.output === null
              ? { [route.produces ?? 'text/event-stream']: { schema: z.string() } }
              : { 'application/json': { schema: route.output } },
        },
        ...describeRefusals(route),
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Hỏi Trước staff API',
      version: '0.1.0',
      description:
        'For the console. Unsafe methods are accepted from our own origin only; extra keys are refused.',
    },
    servers: [{ url: '/api' }],
  });
}

function describeAccess(route: Route): string {
  const who = route.permission === 'public' ? 'Anyone.' : `Roles: ${POLICIES[route.permission].join(', ')}.`;
  const proof = route.assurance === null ? '' : ` ${PROOF[route.assurance].words}`;
  return route.audit === null ? `${who}${proof}` : `${who}${proof} Audited as ${route.audit}.`;
}

function describeRefusals(route: Route): Record<string, object> {
  const signedIn = route.assurance === null ? [] : [...SIGNED_IN, ...PROOF[route.assurance].refusals];
  const codes = [...ALWAYS, ...signedIn, ...route.refusals];
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of new Set(codes))
    byStatus.set(REFUSALS[code], [...(byStatus.get(REFUSALS[code]) ?? []), code]);
  const content = { 'application/json': { schema: RefusalSchema } };
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [String(status), { description: list.join(', '), content }]),
  );
}
