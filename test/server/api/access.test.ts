/** Every route has a policy, and the policy is what answers. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { RefusalSchema, RoleSchema } from '../../../server/api/contract.ts';
import { POLICIES } from '../../../server/api/policies.ts';
import { listRoutes } from '../../../server/api/router.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const PUBLIC = ['post /sign-in', 'post /setup/check', 'post /setup'];

const EVERYONE = ['counsellor', 'supervisor', 'editor', 'reviewer', 'officer', 'auditor', 'admin'];
const OVERVIEW = ['counsellor', 'supervisor', 'officer', 'auditor', 'admin'];
const DESK = ['counsellor', 'supervisor', 'admin'];
const STAFF = ['supervisor', 'admin'];
const STUDIO = ['supervisor', 'editor', 'reviewer', 'admin'];
const WRITERS = ['editor', 'admin'];

/**
 * The documented matrix, spelled out: a route that is missing here fails, so nobody adds one without thinking of it. What must
 * be shown: `password`, `enrolment` (password until there is a factor, then fresh), `factor`, `fresh`.
 */
const MATRIX: Readonly<Record<string, { roles: readonly string[]; proof: string }>> = {
  'post /sign-out': { roles: EVERYONE, proof: 'password' },
  'get /me': { roles: EVERYONE, proof: 'password' },
  'post /me/extend': { roles: EVERYONE, proof: 'password' },
  'patch /me': { roles: EVERYONE, proof: 'factor' },
  'get /me/sessions': { roles: EVERYONE, proof: 'factor' },
  'post /me/sessions/:id/end': { roles: EVERYONE, proof: 'factor' },
  'post /me/password': { roles: EVERYONE, proof: 'fresh' },
  'get /me/factors': { roles: EVERYONE, proof: 'password' },
  'post /me/factor': { roles: EVERYONE, proof: 'password' },
  'post /me/factor/passkey/begin': { roles: EVERYONE, proof: 'password' },
  'post /me/factor/passkey': { roles: EVERYONE, proof: 'password' },
  'post /me/factors/app/begin': { roles: EVERYONE, proof: 'enrolment' },
  'post /me/factors/app/confirm': { roles: EVERYONE, proof: 'enrolment' },
  'post /me/factors/app/remove': { roles: EVERYONE, proof: 'fresh' },
  'post /me/factors/passkey/begin': { roles: EVERYONE, proof: 'enrolment' },
  'post /me/factors/passkey/confirm': { roles: EVERYONE, proof: 'enrolment' },
  'post /me/factors/passkeys/:id/remove': { roles: EVERYONE, proof: 'fresh' },
  'post /me/factors/recovery-codes': { roles: EVERYONE, proof: 'fresh' },
  'get /live': { roles: EVERYONE, proof: 'factor' },
  'get /channels': { roles: EVERYONE, proof: 'factor' },
  'get /phrases': { roles: ['editor', 'admin'], proof: 'factor' },
  'post /phrases/try': { roles: ['editor', 'admin'], proof: 'factor' },
  'post /phrases/propose': { roles: ['editor', 'admin'], proof: 'factor' },
  'post /phrases/:id/ignore': { roles: ['editor', 'admin'], proof: 'factor' },
  'post /proposals/:id/withdraw': { roles: ['editor', 'admin'], proof: 'factor' },
  'get /course': { roles: EVERYONE, proof: 'factor' },
  'post /course/:module/play': { roles: EVERYONE, proof: 'factor' },
  'post /course/:module/finish': { roles: EVERYONE, proof: 'factor' },
  'get /course/people': { roles: STAFF, proof: 'factor' },
  'get /users': { roles: STAFF, proof: 'factor' },
  'post /invitations': { roles: ['admin'], proof: 'fresh' },
  'post /users/:id/disable': { roles: ['admin'], proof: 'factor' },
  'post /users/:id/enable': { roles: ['admin'], proof: 'fresh' },
  'post /users/:id/role': { roles: ['admin'], proof: 'fresh' },
  'post /users/:id/reset-factor': { roles: STAFF, proof: 'fresh' },
  'post /users/:id/end-sessions': { roles: ['admin'], proof: 'factor' },
  'get /approvals': { roles: STAFF, proof: 'factor' },
  'post /approvals/:id/agree': { roles: STAFF, proof: 'fresh' },
  'post /approvals/:id/refuse': { roles: DESK, proof: 'factor' },
  'post /audit/search': { roles: ['supervisor', 'auditor', 'admin'], proof: 'factor' },
  'get /queue': { roles: OVERVIEW, proof: 'factor' },
  'get /queue/presence': { roles: OVERVIEW, proof: 'factor' },
  'post /queue/next': { roles: DESK, proof: 'factor' },
  'post /queue/list': { roles: OVERVIEW, proof: 'factor' },
  'get /desk': { roles: DESK, proof: 'factor' },
  'post /desk/settings': { roles: DESK, proof: 'factor' },
  'post /desk/break': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/transfer': { roles: DESK, proof: 'factor' },
  'post /transfers/:id/accept': { roles: DESK, proof: 'factor' },
  'post /transfers/:id/refuse': { roles: DESK, proof: 'factor' },
  'post /transfers/:id/withdraw': { roles: DESK, proof: 'factor' },
  'get /conversations/:id/handling': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/risk': { roles: DESK, proof: 'factor' },
  'get /conversations/:id': { roles: OVERVIEW, proof: 'factor' },
  'get /conversations/:id/media/:mediaId/preview': { roles: DESK, proof: 'factor' },
  'get /conversations/:id/media/:mediaId/content': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/take': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/reply': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/return': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/release': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/close': { roles: DESK, proof: 'factor' },
  'get /conversations/:id/before/:seq': { roles: OVERVIEW, proof: 'factor' },
  'post /conversations/:id/notes': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/drafts': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/presence': { roles: DESK, proof: 'factor' },
  'get /drafts': { roles: DESK, proof: 'factor' },
  'get /canned/:language': { roles: DESK, proof: 'factor' },
  'get /me/tour': { roles: EVERYONE, proof: 'factor' },
  'post /me/tour': { roles: EVERYONE, proof: 'factor' },
  'get /cases': { roles: DESK, proof: 'factor' },
  'get /cases/options': { roles: DESK, proof: 'factor' },
  'get /handover-sheet': { roles: DESK, proof: 'factor' },
  'get /conversations/:id/colleagues': { roles: DESK, proof: 'factor' },
  'get /mentions': { roles: DESK, proof: 'factor' },
  'post /mentions/seen': { roles: DESK, proof: 'factor' },
  'get /conversations/:id/case': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/case': { roles: DESK, proof: 'factor' },
  'get /cases/:id': { roles: DESK, proof: 'factor' },
  'post /cases/:id/fields': { roles: DESK, proof: 'factor' },
  'post /cases/:id/identity': { roles: DESK, proof: 'factor' },
  'post /cases/:id/unmask': { roles: DESK, proof: 'fresh' },
  'post /cases/:id/consent': { roles: DESK, proof: 'factor' },
  'post /cases/:id/consent/withdraw': { roles: DESK, proof: 'factor' },
  'post /cases/:id/close': { roles: DESK, proof: 'factor' },
  'post /cases/:id/reopen': { roles: DESK, proof: 'factor' },
  'post /cases/:id/owner': { roles: DESK, proof: 'factor' },
  'post /cases/:id/merge': { roles: DESK, proof: 'factor' },
  'post /cases/:id/notes': { roles: DESK, proof: 'factor' },
  'post /cases/:id/tasks': { roles: DESK, proof: 'factor' },
  'post /cases/:id/tasks/:taskId': { roles: DESK, proof: 'factor' },
  'post /cases/:id/return-path': { roles: DESK, proof: 'factor' },
  'post /cases/:id/referrals': { roles: DESK, proof: 'factor' },
  'post /cases/:id/referrals/:referralId': { roles: DESK, proof: 'factor' },
  'post /cases/:id/erase': { roles: DESK, proof: 'fresh' },
  'get /conversations/:id/plan': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/plan': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/plan/remove': { roles: DESK, proof: 'factor' },
  'post /conversations/:id/plan/override': { roles: DESK, proof: 'factor' },
  'get /wall': { roles: STAFF, proof: 'factor' },
  'get /wellbeing': { roles: STAFF, proof: 'factor' },
  'post /wellbeing/:id/talked': { roles: STAFF, proof: 'factor' },
  'post /conversations/:id/warn': { roles: DESK, proof: 'factor' },
  'post /wall/reassign': { roles: STAFF, proof: 'factor' },
  'get /quality': { roles: DESK, proof: 'factor' },
  'get /quality/:id': { roles: DESK, proof: 'factor' },
  'post /quality/sample': { roles: STAFF, proof: 'factor' },
  'post /quality/:id/review': { roles: STAFF, proof: 'factor' },
  'get /practice': { roles: DESK, proof: 'factor' },
  'post /practice/:id/talk': { roles: DESK, proof: 'factor' },
  'post /practice/:id/review': { roles: DESK, proof: 'factor' },
  'get /shifts': { roles: DESK, proof: 'factor' },
  'post /shifts': { roles: STAFF, proof: 'factor' },
  'post /shifts/:id/change': { roles: STAFF, proof: 'factor' },
  'post /shifts/:id/remove': { roles: STAFF, proof: 'factor' },
  'post /shift-changes': { roles: STAFF, proof: 'factor' },
  'post /shift-changes/:id/remove': { roles: STAFF, proof: 'factor' },
  'get /studio/releases': { roles: STUDIO, proof: 'factor' },
  'post /studio/releases/:number/rollback': { roles: WRITERS, proof: 'fresh' },
  'get /studio/drafts': { roles: STUDIO, proof: 'factor' },
  'post /studio/drafts': { roles: WRITERS, proof: 'factor' },
  'get /studio/drafts/:id': { roles: STUDIO, proof: 'factor' },
  'get /studio/drafts/:id/files': { roles: STUDIO, proof: 'factor' },
  'post /studio/drafts/:id/file/read': { roles: STUDIO, proof: 'factor' },
  'post /studio/drafts/:id/file': { roles: WRITERS, proof: 'factor' },
  'post /studio/drafts/:id/check': { roles: STUDIO, proof: 'factor' },
  'post /studio/drafts/:id/preview': { roles: STUDIO, proof: 'factor' },
  'get /studio/drafts/:id/diff': { roles: STUDIO, proof: 'factor' },
  'get /studio/drafts/:id/people': { roles: STUDIO, proof: 'factor' },
  'post /studio/drafts/:id/rebase': { roles: WRITERS, proof: 'factor' },
  'post /studio/drafts/:id/submit': { roles: WRITERS, proof: 'factor' },
  'post /studio/drafts/:id/review': { roles: ['supervisor', 'reviewer', 'admin'], proof: 'factor' },
  'post /studio/drafts/:id/withdraw': { roles: WRITERS, proof: 'factor' },
  'post /studio/drafts/:id/publish': { roles: WRITERS, proof: 'fresh' },
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
        'get /approvals',
        // words of the content, not of a person
        'get /canned/:language',
        'get /channels',
        // codes and counts; what is in a case is read by the routes that leave a row
        'get /cases',
        'get /cases/options',
        'get /conversations/:id/case',
        'get /handover-sheet',
        'get /course',
        'get /course/people',
        // reading the conversation, which shows them, is
        'get /conversations/:id/media/:mediaId/preview',
        // names of colleagues, and one's own choices
        'get /conversations/:id/colleagues',
        'get /desk',
        // codes of conversations one may read, and who named one
        'get /mentions',
        'get /live',
        'get /me',
        'get /me/factors',
        'get /me/sessions',
        'get /me/tour',
        'get /practice',
        // a list by codes; reading one of them is audited
        'get /quality',
        'get /queue',
        // names staff only and holds for seconds
        'get /queue/presence',
        // when colleagues work: no person in it
        'get /shifts',
        'get /users',
        // only the writer ever sees it; what becomes of it is audited as reply_queued and note_added
        'post /conversations/:id/drafts',
        // names staff only and holds for seconds; the reading itself is audited
        'post /conversations/:id/presence',
        // figures and codes
        'get /wall',
        'get /wellbeing',
        // they only prepare what is audited when it is done
        'post /me/factor/passkey/begin',
        'post /me/factors/app/begin',
        'post /me/factors/passkey/begin',
        'post /me/extend',
        // a scripted person answers: nothing is kept
        'post /practice/:id/talk',
        // changes nothing, and shows rows of the labelled sets only
        'post /phrases/try',
        // keeps nothing of the answers
        'post /course/:module/play',
        // the content holds nothing a person wrote; who changed what in it is audited
        'get /studio/releases',
        'get /studio/drafts',
        'get /studio/drafts/:id',
        'get /studio/drafts/:id/files',
        'get /studio/drafts/:id/diff',
        'get /studio/drafts/:id/people',
        'post /studio/drafts/:id/file/read',
        'post /studio/drafts/:id/check',
        'post /studio/drafts/:id/preview',
        // the same as `get /queue`, in parts
        'post /queue/list',
        'post /setup/check',
      ].sort(),
    );
  });
});

const idFor = (pattern: string): string => (pattern.includes('sessions/:id') ? 'a'.repeat(22) : randomUUID());

/** @returns the status and the code of the refusal, or `ok` */
async function knock(name: string, cookie: string | null): Promise<{ status: number; code: string }> {
  const [method = '', pattern = ''] = name.split(' ');
  const options = cookie === null ? {} : { cookie };
  if (pattern === '/live') {
    const stream = await fetch(`${desk.publicUrl}/api/live`, { headers: options });
    const code = stream.status === 200 ? 'ok' : RefusalSchema.parse(await stream.json()).error.code;
    if (code === 'ok') await stream.body?.cancel();
    return { status: stream.status, code };
  }
  const { status, body } = await desk.call(
    method.toUpperCase(),
    pattern
      .replace(':id', idFor(pattern))
      .replace(':mediaId', randomUUID())
      .replace(':seq', '9')
      .replace(':language', 'vi'),
    options,
  );
  const refusal = RefusalSchema.safeParse(body);
  return { status, code: refusal.success ? refusal.data.error.code : 'ok' };
}

describe('role by route', () => {
  const rows = Object.keys(MATRIX).flatMap((name) =>
    [...RoleSchema.options, 'anonymous'].map((role) => ({ name, role })),
  );
  it.each(rows)('$role at $name', async ({ name, role }) => {
    const staff = role === 'anonymous' ? null : await desk.addStaff(RoleSchema.parse(role));
    const { status, code } = await knock(name, staff?.cookie ?? null);
    if (role === 'anonymous') expect([status, code]).toEqual([401, 'unauthenticated']);
    else if (MATRIX[name]?.roles.includes(role) === true) {
      expect([200, 400, 401, 404, 409]).toContain(status);
      expect(['unauthenticated', 'forbidden', 'factor_required', 'step_up_required']).not.toContain(code);
    } else expect([status, code]).toEqual([403, 'forbidden']);
  });
});

describe('proof by route', () => {
  const rows = Object.entries(MATRIX).map(([name, { roles, proof }]) => ({
    ...{ name, proof, role: RoleSchema.parse(roles.at(-1)) },
  }));
  const proofs = ['factor_required', 'step_up_required'];

  it.each(rows)('$name needs $proof', async ({ name, role, proof }) => {
    const isOpen = (code: string): boolean => !proofs.includes(code);
    const fresh = await startedAt(name, role, 'factor', 0);
    expect(isOpen(fresh)).toBe(true);
    const old = await startedAt(name, role, 'factor', 5);
    const onlyPassword = await startedAt(name, role, 'password', 0);
    const expected = {
      password: ['open', 'open'],
      enrolment: ['step_up_required', 'open'],
      factor: ['open', 'factor_required'],
      fresh: ['step_up_required', 'factor_required'],
    }[proof];
    expect([old, onlyPassword].map((code) => (isOpen(code) ? 'open' : code))).toEqual(expected);
  });

  it('asks for the factor when one is set up, also where the password is enough to set up the first', async () => {
    const { cookie, userId } = await desk.addStaff('counsellor', 'Mai', 'password');
    const begin = (): Promise<{ code: string }> => knock('post /me/factors/app/begin', cookie);
    expect((await begin()).code).toBe('ok');
    await desk.giveFactor(userId);
    expect((await begin()).code).toBe('factor_required');
  });

  async function startedAt(
    name: string,
    role: (typeof RoleSchema.options)[number],
    proof: 'password' | 'factor',
    minutes: number,
  ): Promise<string> {
    const { cookie } = await desk.addStaff(role, role, proof);
    desk.clock.move(minutes * 60_000);
    return (await knock(name, cookie)).code;
  }
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
            responses: {
              409: {
                description: expect.stringMatching(/^not_yours, conflict, colleague_replied, window_closed/),
              },
            },
          },
        },
      },
    });
  });
});
