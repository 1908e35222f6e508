/** Files over the staff API: who may, what is written down, and how the bytes are sent. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import sharp from 'sharp';
import { ConversationSchema } from '../../../server/api/contract.ts';
import { addMedia, type Sent } from '../../support/desk-media.ts';
import { type Desk, startDesk } from '../../support/desk.ts';
import { HTML, jpegWithPlace, oggVoice, PDF } from '../../support/media-samples.ts';

// files are cleaned in processes of their own, on a machine that others use too
jest.setTimeout(60_000);

let desk: Desk;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
let mai: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk();
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
});
afterAll(() => desk.stop());

async function addWaiting(): Promise<string> {
  return (await desk.addWaiting({ risk: 'high', waitingSince: desk.clock.now(), channel: 'telegram' }))
    .conversationId;
}

async function addSent(sent: Sent): Promise<{ conversationId: string; path: string; id: string }> {
  const conversationId = await addWaiting();
  const id = await addMedia(desk, conversationId, sent);
  return { conversationId, id, path: `/conversations/${conversationId}/media/${id}` };
}

async function get(path: string, cookie: string | null, headers: Record<string, string> = {}) {
  const response = await fetch(`${desk.publicUrl}/api${path}`, {
    headers: { 'sec-fetch-site': 'same-origin', ...(cookie !== null && { cookie }), ...headers },
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

async function openings(conversationId: string): Promise<unknown[]> {
  const found = await desk.database.pool.query<{ user_id: string; detail: unknown }>(
    `select user_id, detail from audit where action = 'media_opened' and object_id = $1 order by id`,
    [conversationId],
  );
  return found.rows;
}

describe('a conversation', () => {
  it.each<[string, Sent, object]>([
    [
      'a paper',
      { kind: 'file', bytes: PDF },
      { state: 'stored', shownAs: 'file', mediaType: 'application/pdf', sizeBytes: PDF.length, reason: null },
    ],
    [
      'one that was refused',
      { kind: 'image', state: 'refused', reason: 'too_large' },
      { state: 'refused', reason: 'too_large', shownAs: null },
    ],
    [
      'one that is awaited',
      { kind: 'voice', state: 'waiting', reason: null },
      { state: 'waiting', reason: null, durationMs: null },
    ],
  ])('says what is known of %s', async (_name, sent, expected) => {
    const { conversationId, id } = await addSent(sent);
    const { body } = await desk.call('GET', `/conversations/${conversationId}`, { cookie: lan.cookie });
    expect(ConversationSchema.parse(body).messages[0]?.attachments).toEqual([
      { type: sent.kind, place: null, media: expect.objectContaining({ id, ...expected }) },
    ]);
  });
});

describe('whoever only looks on', () => {
  it.each(['officer', 'auditor'] as const)('sees no trace of what was sent: %s', async (role) => {
    const { path, conversationId, id } = await addSent({ kind: 'image', bytes: await jpegWithPlace() });
    const { cookie } = await desk.addStaff(role);
    const { body } = await desk.call('GET', `/conversations/${conversationId}`, { cookie });
    expect(ConversationSchema.parse(body).messages).toMatchObject([{ author: 'person', attachments: [] }]);
    expect(JSON.stringify(body)).not.toContain(id);
    for (const part of ['content', 'preview'])
      expect((await get(`${path}/${part}`, cookie)).status).toBe(403);
    expect(await openings(conversationId)).toEqual([]);
  });
});

describe('the blurred hint', () => {
  it('is a tiny picture, for whoever may read the conversation, and no opening', async () => {
    const { path, conversationId } = await addSent({ kind: 'image', bytes: await jpegWithPlace() });
    const { status, headers, bytes } = await get(`${path}/preview`, lan.cookie);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'image/jpeg',
      'no-store',
    ]);
    expect(await sharp(bytes).metadata()).toMatchObject({ height: 24 });
    expect(await openings(conversationId)).toEqual([]);
  });

  it('is not there for a voice', async () => {
    const { path } = await addSent({ kind: 'voice', bytes: await oggVoice() });
    expect((await get(`${path}/preview`, lan.cookie)).status).toBe(404);
  });
});

describe('the file', () => {
  it.each<[string, () => Promise<Sent>, string, RegExp]>([
    ['a picture', async () => ({ kind: 'image', bytes: await jpegWithPlace() }), 'image/jpeg', /^inline$/],
    ['a voice', async () => ({ kind: 'voice', bytes: await oggVoice() }), 'audio/ogg', /^inline$/],
    [
      'a paper',
      () => Promise.resolve({ kind: 'file', bytes: PDF }),
      'application/octet-stream',
      /^attachment; filename="tep-[0-9a-f]{8}\.pdf"$/,
    ],
  ])(
    '%s is sent so that a browser does no more with it than we want, and leaves an audit row',
    async (_name, make, type, disposition) => {
      const sent = await make();
      const { path, conversationId, id } = await addSent(sent);
      const { status, headers, bytes } = await get(`${path}/content`, lan.cookie);
      expect([status, headers.get('content-type'), bytes.length > 0]).toEqual([200, type, true]);
      expect(headers.get('content-disposition')).toMatch(disposition);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': `default-src 'none'; sandbox`,
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(await openings(conversationId)).toEqual([
        { user_id: lan.userId, detail: expect.objectContaining({ mediaId: id, kind: sent.kind }) },
      ]);
    },
  );

  it('is for nobody without the right, who leave no opening', async () => {
    const { path, conversationId } = await addSent({ kind: 'file', bytes: PDF });
    const editor = await desk.addStaff('editor');
    await desk.call('POST', `/conversations/${conversationId}/take`, { cookie: mai.cookie, body: {} });
    expect((await get(`${path}/content`, mai.cookie)).status).toBe(200);
    for (const part of ['content', 'preview']) {
      expect((await get(`${path}/${part}`, null)).status).toBe(401);
      expect((await get(`${path}/${part}`, editor.cookie)).status).toBe(403);
      // a colleague answers this person now
      expect((await get(`${path}/${part}`, lan.cookie)).status).toBe(404);
    }
    expect(await openings(conversationId)).toHaveLength(1);
  });

  it.each(['cross-site', 'same-site', 'none'])('is not opened by a page elsewhere (%s)', async (site) => {
    const { path, conversationId } = await addSent({ kind: 'file', bytes: PDF });
    expect((await get(`${path}/content`, lan.cookie, { 'sec-fetch-site': site })).status).toBe(403);
    expect(await openings(conversationId)).toEqual([]);
  });

  it('of one conversation is not found through another', async () => {
    const { id } = await addSent({ kind: 'file', bytes: PDF });
    const other = await addWaiting();
    for (const part of ['content', 'preview'])
      expect((await get(`/conversations/${other}/media/${id}/${part}`, lan.cookie)).status).toBe(404);
  });

  it.each([
    ['that is awaited', { kind: 'image', state: 'waiting', reason: null }],
    ['that was refused', { kind: 'image', state: 'refused', reason: 'wrong_type' }],
  ] as const)('%s is not there', async (_name, sent) => {
    const { path } = await addSent(sent);
    expect((await get(`${path}/content`, lan.cookie)).status).toBe(404);
  });

  it.each(['x', randomUUID(), `${randomUUID()}?a=1`])(
    'with an id that does not exist is not found: %s',
    async (id) => {
      const conversationId = await addWaiting();
      expect((await get(`/conversations/${conversationId}/media/${id}/content`, lan.cookie)).status).toBe(
        404,
      );
    },
  );

  it('that its store has lost is an error with a code, after the audit', async () => {
    const { path, conversationId, id } = await addSent({ kind: 'file', bytes: PDF });
    const found = await desk.database.pool.query<{ name: string }>('select name from media where id = $1', [
      id,
    ]);
    await desk.files[0].delete(found.rows[0]?.name ?? '');
    const { status, bytes } = await get(`${path}/content`, lan.cookie);
    expect([status, JSON.parse(bytes.toString())]).toEqual([503, { error: { code: 'media_store_failed' } }]);
    expect(await openings(conversationId)).toHaveLength(1);
  });

  it('that somebody put in its place does not open', async () => {
    const { path, id } = await addSent({ kind: 'file', bytes: PDF });
    const found = await desk.database.pool.query<{ name: string }>('select name from media where id = $1', [
      id,
    ]);
    await desk.files[0].put(found.rows[0]?.name ?? '', HTML);
    expect((await get(`${path}/content`, lan.cookie)).status).toBe(500);
    // our own mistakes are told; this one was asked for
    expect(desk.failures.splice(0)).toHaveLength(1);
  });
});
