/** The live stream over real HTTP: replay, scope, comments, and its end with the session. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await startDesk({ pace: { commentEveryMs: 20, checkEveryMs: 20 } });
});
afterAll(() => desk.stop());

const addOne = () => desk.addWaiting({ risk: 'high', waitingSince: desk.clock.now() });

/** Reads a stream until `until` is in it, or to its end. */
async function open(cookie: string, headers: Record<string, string> = {}, query = '') {
  const stop = new AbortController();
  const response = await fetch(`${desk.publicUrl}/api/live${query}`, {
    headers: { cookie, ...headers },
    signal: stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const readUntil = async (until: string | null): Promise<string> => {
    while (until === null || !text.includes(until)) {
      const chunk = await reader?.read();
      if (chunk?.value !== undefined) text += chunk.value;
      if (chunk?.done !== false) break;
    }
    return text;
  };
  return { response, readUntil, close: () => stop.abort() };
}

describe('GET /api/live', () => {
  it('is a stream that proxies pass on at once, with comments in silence', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    const stream = await open(cookie);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no');
    expect(stream.response.headers.get('cache-control')).toContain('no-store');
    expect(await stream.readUntil(': still here')).toMatch(/^retry: [12]\d{3}\n\n/);
    stream.close();
  });

  it('tells what changed by ids only', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    const stream = await open(cookie);
    await stream.readUntil(': open');
    const { conversationId } = await addOne();
    const text = await stream.readUntil(conversationId);
    expect(text).toContain(
      `event: change\ndata: {"kind":"queue_changed","conversationId":"${conversationId}"}\n\n`,
    );
    stream.close();
  });

  it.each([
    { title: 'Last-Event-ID', header: true },
    { title: 'the query of another tab', header: false },
  ])('replays what came after $title', async ({ header }) => {
    const { cookie } = await desk.addStaff('counsellor');
    const after = await desk.live.hub.latestId();
    const missed = [await addOne(), await addOne()];
    const stream = header
      ? await open(cookie, { 'last-event-id': after })
      : await open(cookie, {}, `?after=${after}`);
    const text = await stream.readUntil(missed[1]?.conversationId ?? '');
    expect(text).toContain(missed[0]?.conversationId);
    stream.close();
  });

  it('asks for a full refetch when the cursor is too old', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    const stream = await open(cookie, { 'last-event-id': '9-9' });
    expect(await stream.readUntil('event: reset')).toContain('event: reset');
    stream.close();
  });

  it('tells who is named in a note, and no colleague', async () => {
    const [lan, boss, mai] = await Promise.all(
      (['counsellor', 'supervisor', 'counsellor'] as const).map((role) => desk.addStaff(role)),
    );
    const { conversationId } = await addOne();
    const streams = await Promise.all([boss, mai].map((who) => open(who?.cookie ?? '')));
    for (const stream of streams) await stream.readUntil(': open');
    const body = { id: randomUUID(), text: '@boss', mentions: [boss?.userId] };
    await desk.call('POST', `/conversations/${conversationId}/notes`, { cookie: lan?.cookie ?? '', body });
    const mention = `{"kind":"mentioned","conversationId":"${conversationId}"}`;
    expect(await streams[0]?.readUntil(mention)).toContain(mention);
    // what comes after it is heard, it is not
    const last = await addOne();
    expect(await streams[1]?.readUntil(last.conversationId)).not.toContain('mentioned');
    for (const stream of streams) stream.close();
  });

  it('tells an editor nothing about conversations', async () => {
    const { cookie } = await desk.addStaff('editor');
    const stream = await open(cookie);
    await stream.readUntil(': open');
    const { conversationId } = await addOne();
    const text = await stream.readUntil(': still here');
    expect(text).not.toContain(conversationId);
    expect(text).not.toContain('event: change');
    stream.close();
  });

  it.each([
    {
      title: 'signing out',
      end: (staff: { cookie: string }) => desk.call('POST', '/sign-out', { cookie: staff.cookie }),
    },
    {
      title: 'the account being disabled',
      end: async (staff: { userId: string }) => {
        const admin = await desk.addStaff('admin');
        return desk.call('POST', `/users/${staff.userId}/disable`, { cookie: admin.cookie });
      },
    },
    {
      title: 'a changed role',
      end: (staff: { userId: string }) =>
        desk.database.pool.query(`update users set role = 'editor' where id = $1`, [staff.userId]),
    },
    {
      title: 'half an hour without activity',
      end: () => {
        desk.clock.move(30 * 60_000);
        return Promise.resolve();
      },
    },
  ])('ends after $title', async ({ end }) => {
    const staff = await desk.addStaff('counsellor');
    const stream = await open(staff.cookie);
    await stream.readUntil(': open');
    await end(staff);
    expect(await stream.readUntil(null)).toMatch(/event: bye\ndata: \{"reason":"session_ended"\}\n\n$/);
  });

  it('leaves nothing behind when the reader goes away', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    const before = desk.live.streams();
    const stream = await open(cookie);
    await stream.readUntil(': open');
    expect(desk.live.streams()).toBe(before + 1);
    stream.close();
    while (desk.live.streams() > before) await new Promise((resolve) => setImmediate(resolve));
    expect(desk.live.streams()).toBe(before);
  });
});
