/** Every route has a policy, and the policy is what answers. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { RoleSchema } from '../../../server/api/contract.ts';
import { POLICIES } from '../../../server/api/policies.ts';
import { listRoutes } from '../../../server/api/router.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const PUBLIC = ['post /sign-in', 'post /setup/check', 'post /setup'];

/** The documented matrix, spelled out: a route that is missing here fails, so nobody adds one without thinking of it. */
const MATRIX: Readonly<Record<string, readonly string[]>> = {
  'post /sign-out': ['counsellor', 'supervisor', 'editor', 'admin'],
  'get /me': ['counsellor', 'supervisor', 'editor', 'admin'],
  'post /me/extend': ['counsellor', 'supervisor', 'editor', 'admin'],
  'patch /me': ['counsellor', 'supervisor', 'editor', 'admin'],
  'get /me/sessions': ['counsellor', 'supervisor', 'editor', 'admin'],
  'post /me/sessions/:id/end': ['counsellor', 'supervisor', 'editor', 'admin'],
  'get /live': ['counsellor', 'supervisor', 'editor', 'admin'],
  'get /channels': ['counsellor', 'supervisor', 'editor', 'admin'],
  'get /phrases': ['editor', 'admin'],
  'post /phrases/try': ['editor', 'admin'],
  'post /phrases/propose': ['editor', 'admin'],
  'post /phrases/:id/ignore': ['editor', 'admin'],
  'post /proposals/:id/withdraw': ['editor', 'admin'],
  'get /users': ['admin'],
  'post /invitations': ['admin'],
  'post /users/:id/disable': ['admin'],
  'post /users/:id/enable': ['admin'],
  'get /queue': ['counsellor', 'supervisor', 'admin'],
  'post /queue/next': ['counsellor', 'supervisor', 'admin'],
  'get /conversations/:id': ['counsellor', 'supervisor', 'admin'],
  'get /conversations/:id/media/:mediaId/preview': ['counsellor', 'supervisor', 'admin'],
  'get /conversations/:id/media/:mediaId/content': ['counsellor', 'supervisor', 'admin'],
  'post /conversations/:id/take': ['counsellor', 'supervisor', 'admin'],
  'post /conversations/:id/reply': ['counsellor', 'supervisor', 'admin'],
  'post /conversations/:id/return': ['counsellor', 'supervisor', 'admin'],
  'post /conversations/:id/release': ['counsellor', 'supervisor', 'admin'],
  'post /conversations/:id/close': ['counsellor', 'supervisor', 'admin'],
};

const routes = listRoutes().map((route) => ({ ...route, name: `${route.method} ${route.path}` }));
let desk: Desk;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk.stop());

describe('policies', () => {
  it('name each route, and no route twice', () => {
    expect(routes.map((route) => route.name).sort()).toEqual([...PUBLIC, ...Object.keys(MATRIX)].sort());
  });

  it.each(routes)('$name is declared public or has a permission of the table', ({ name, permission }) => {
    expect(permission === 'public' ? PUBLIC.includes(name) : Object.keys(POLICIES).includes(permission)).toBe(
      true,
    );
  });

  it.each(routes)('$name refuses extra keys', ({ body, params }) => {
    expect(body.safeParse({ role: 'admin', state: 'x', id: 1, createdAt: '' }).success).toBe(false);
    expect(params.safeParse({ other: 'x' }).success).toBe(false);
  });

  it('cover every change and every read of a conversation with an audit action', () => {
    const silent = routes.filter((route) => route.audit === null).map((route) => route.name);
    expect(silent.sort()).toEqual(
      [
        'get /channels',
        // reading the conversation, which shows them, is
        'get /conversations/:id/media/:mediaId/preview',
        'get /live',
        'get /me',
        'get /me/sessions',
        'get /queue',
        'get /users',
        'post /me/extend',
        // changes nothing, and shows rows of the labelled sets only
        'post /phrases/try',
        'post /setup/check',
      ].sort(),
    );
  });
});

describe('role by route', () => {
  const rows = Object.keys(MATRIX).flatMap((name) =>
    [...RoleSchema.options, 'anonymous'].map((role) => ({ name, role })),
  );
  it.each(rows)('$role at $name', async ({ name, role }) => {
    const [method = '', pattern = ''] = name.split(' ');
    const id = pattern.includes('sessions') ? 'a'.repeat(22) : randomUUID();
    const staff = role === 'anonymous' ? null : await desk.addStaff(RoleSchema.parse(role));
    const options = staff === null ? {} : { cookie: staff.cookie };
    const path = pattern.replace(':id', id).replace(':mediaId', id);
    if (path === '/live') {
      const stream = await fetch(`${desk.publicUrl}/api/live`, { headers: options });
      await stream.body?.cancel();
      expect(stream.status).toBe(role === 'anonymous' ? 401 : 200);
      return;
    }
    const { status } = await desk.call(method.toUpperCase(), path, options);
    if (role === 'anonymous') expect(status).toBe(401);
    else if (MATRIX[name]?.includes(role) === true) expect([200, 400, 404, 409]).toContain(status);
    else expect(status).toBe(403);
  });
});

describe('the border', () => {
  const attempts = [
    { title: 'a cross-site form', headers: { 'sec-fetch-site': 'cross-site' }, status: 403 },
    { title: 'a sibling site', headers: { 'sec-fetch-site': 'same-site' }, status: 403 },
    { title: 'neither header', headers: { 'sec-fetch-site': '' }, status: 403 },
  ];
  it.each(attempts)('refuses $title with a valid cookie', async ({ headers, status }) => {
    const { cookie } = await desk.addStaff('counsellor');
    const refusal = await desk.call('POST', '/sign-out', { cookie, headers });
    expect(refusal.status).toBe(status);
    expect((await desk.call('GET', '/me', { cookie })).status).toBe(200);
  });

  it('accepts our own Origin from a browser without fetch metadata', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    const send = (origin: string): Promise<Response> =>
      fetch(`${desk.publicUrl}/api/me/extend`, { method: 'POST', headers: { cookie, origin } });
    expect((await send('https://evil.example.org')).status).toBe(403);
    expect((await send(desk.publicUrl)).status).toBe(200);
  });

  const bodies = [
    { title: 'broken JSON', body: '{"uiLanguage":', type: 'application/json', status: 400 },
    { title: 'text/plain', body: '{"uiLanguage":"en"}', type: 'text/plain', status: 400 },
    { title: 'an array', body: '[]', type: 'application/json', status: 400 },
    {
      title: 'an extra key',
      body: '{"uiLanguage":"en","role":"admin"}',
      type: 'application/json',
      status: 400,
    },
    {
      title: '__proto__',
      body: '{"uiLanguage":"en","__proto__":{"role":"admin"}}',
      type: 'application/json',
      status: 400,
    },
    { title: 'a list for a word', body: '{"uiLanguage":["en"]}', type: 'application/json', status: 400 },
    {
      title: 'too much',
      body: `{"uiLanguage":"${'x'.repeat(70_000)}"}`,
      type: 'application/json',
      status: 413,
    },
    { title: 'deep nesting', body: '['.repeat(30_000), type: 'application/json', status: 400 },
    { title: 'nothing', body: '', type: 'application/json', status: 400 },
  ];
  it.each(bodies)(
    'answers $title with $status and nothing of what was sent',
    async ({ body, type, status }) => {
      const { cookie } = await desk.addStaff('counsellor');
      const refusal = await desk.call('PATCH', '/me', { cookie, body, headers: { 'content-type': type } });
      expect(refusal.status).toBe(status);
      expect(JSON.stringify(refusal.body)).not.toMatch(/xxx|admin|uiLanguage":"en/);
    },
  );

  it('answers unknown addresses, foreign query keys and odd ids in JSON, never with 5xx', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    expect((await desk.call('GET', '/nothing', { cookie })).status).toBe(404);
    expect((await desk.call('GET', '/queue?a=1&a=2', { cookie })).status).toBe(400);
    expect((await desk.call('GET', '/conversations/%E0%A4%A', { cookie })).status).toBe(404);
    expect((await desk.call('GET', "/conversations/1'--", { cookie })).body).toEqual({
      error: { code: 'not_found' },
    });
    expect(desk.failures).toEqual([]);
  });

  it('forbids caches to keep any answer', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    for (const path of ['/me', '/queue', '/nothing', '/openapi.json']) {
      expect((await desk.call('GET', path, { cookie })).headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('/api/openapi.json', () => {
  it('describes every route with its inputs and refusals', async () => {
    const { status, body } = await desk.call('GET', '/openapi.json');
    expect(status).toBe(200);
    const text = JSON.stringify(body);
    for (const route of routes) expect(text).toContain(JSON.stringify(route.path.replace(/:(\w+)/g, '{$1}')));
    expect(body).toMatchObject({
      paths: {
        '/conversations/{id}/reply': {
          post: {
            requestBody: {
              content: { 'application/json': { schema: { required: ['clientMessageId', 'text'] } } },
            },
            responses: { 409: { description: expect.stringMatching(/^not_yours, conflict, window_closed/) } },
          },
        },
      },
    });
  });
});
