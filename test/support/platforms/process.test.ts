/** The platforms as a process of their own: called like the real ones, steered and asked over the control interface. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../server/config.ts';
import { type PlatformsProcess, startPlatformsProcess } from './process.ts';
import { buildTextUpdate } from './telegram-events.ts';

let platforms: PlatformsProcess;
beforeAll(async () => {
  platforms = await startPlatformsProcess(['--strict']);
}, 30_000);
afterAll(() => platforms.stop());

async function send(chat: number, text: string): Promise<number> {
  const { TELEGRAM_API_ROOT: root = '', TELEGRAM_BOT_TOKEN: token = '' } = platforms.env;
  const body = JSON.stringify({ chat_id: chat, text });
  try {
    return (await fetch(`${root}/bot${token}/sendMessage`, { method: 'POST', body })).status;
  } catch {
    return 0;
  }
}

describe('the platforms as a process', () => {
  it('give the environment of a server', () => {
    expect(readConfig(platforms.env, '.')).toMatchObject({ ok: true });
  });

  it('hear of people, and tell what each was shown since when', async () => {
    expect(await send(5, 'a')).toBe(403);
    await platforms.order('hear', { face: 'telegram', body: buildTextUpdate({ id: 5, updateId: 1 }, 'x') });
    await platforms.order('touch', { face: 'telegram', person: '6', at: new Date().toISOString() });
    expect([await send(5, 'a'), await send(6, 'b'), await send(5, 'c')]).toEqual([200, 200, 200]);
    const all = await platforms.listSent();
    expect(all.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(all[0]?.at).toBeInstanceOf(Date);
    const later = await platforms.listSent({ person: '5', face: 'telegram', since: all[0]?.serial ?? 0 });
    expect(later.map(({ text }) => text)).toEqual(['c']);
    expect(await platforms.count()).toEqual({ sent: 3, faults: 0 });
    await platforms.order('forget', {});
    expect(await platforms.listSent()).toEqual([]);
  });

  it('answer by script, once and always, until told otherwise', async () => {
    await platforms.order('script', { face: 'telegram', answers: [{ kind: 'accept_and_reset' }] });
    expect([await send(5, 'a'), await send(5, 'b')]).toEqual([0, 200]);
    expect((await platforms.listSent()).map(({ text }) => text)).toEqual(['a', 'b']);
    const always = { kind: 'answer', status: 502, body: '<html></html>' } as const;
    await platforms.order('script', { face: 'telegram', always });
    expect([await send(5, 'c'), await send(5, 'd')]).toEqual([502, 502]);
    await platforms.order('script', { face: 'telegram', always: null });
    expect(await send(5, 'e')).toBe(200);
  });

  it('keep to rates and forget them, know who blocked us, and tell faults', async () => {
    await platforms.order('rate', { face: 'telegram', calls: 0 });
    expect(await send(5, 'a')).toBe(429);
    await platforms.order('rate', { face: 'telegram', calls: null });
    await platforms.order('latency', { face: 'telegram', ms: 1 });
    expect(await send(5, 'a')).toBe(200);
    await platforms.order('block', { face: 'telegram', person: '5' });
    expect(await send(5, 'a')).toBe(403);
    await send(6, '');
    expect(await platforms.listFaults()).toEqual(['telegram sendMessage: message text is empty']);
  });

  it('refuse an order they do not understand, and say why', async () => {
    await expect(platforms.order('latency', { face: 'line', ms: -1 })).rejects.toThrow(/400.*ms/s);
    const answer = await fetch(`${platforms.url}/control/dance`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(404);
  });
});
