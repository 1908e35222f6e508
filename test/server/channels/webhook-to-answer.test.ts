/** The way from webhook to answer on the whole server, for each platform; what must not be answered is not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connected, startConnected } from '../../support/connected.ts';
import { FACES } from '../../support/platforms/answers.ts';
import { FAKE_PAGE } from '../../support/platforms/messenger.ts';
import { buildDelivery, buildItem } from '../../support/platforms/messenger-events.ts';
import { buildTapPayload } from '../../../server/channels/zalo-parse.ts';

let connected: Connected;
beforeAll(async () => {
  connected = await startConnected();
}, 120_000);
afterAll(() => connected.close());

const NUMBERS = 'welcome.options.numbers';

describe.each(FACES)('on %s', (channel) => {
  it('who writes is answered, taps a button and is answered again, each once', async () => {
    const someone = connected.person(channel);
    const before = await connected.count();
    await someone.does('text', 'xin chào');
    const first = someone.heard().length;
    expect(first).toBeGreaterThan(0);
    await someone.does('tap', channel === 'zalo' ? buildTapPayload(NUMBERS) : NUMBERS);
    expect(someone.heard().length).toBeGreaterThan(first);
    expect(someone.heard().filter((text) => text.includes('Cần gọi ngay'))).toHaveLength(1);
    expect((await connected.count()).said).toBe(before.said + 2);
  });

  it('the buttons shown lead somewhere', async () => {
    const someone = connected.person(channel);
    await someone.does('text', 'xin chào');
    const [button] = someone.buttons();
    // Zalo shows five at most, and the first question has more
    if (button === undefined) expect(someone.heard().join('\n')).toMatch(/\n1\. /);
    const heard = someone.heard().length;
    await (button === undefined ? someone.does('text', '1') : someone.does('tap', button));
    expect(someone.heard().length).toBeGreaterThan(heard);
  });

  it('who is in danger reads a telephone number', async () => {
    const someone = connected.person(channel);
    await someone.does('text', 'cứu em với, em bị nhốt');
    expect(someone.heard().join('\n')).toMatch(/\+84 981 84 84 84/);
  });

  it('a platform that is away for a moment loses nothing and repeats nothing', async () => {
    const someone = connected.person(channel);
    const face = connected.platforms[channel];
    const script = 'messages' in face ? face.messages : face;
    const before = connected.platforms.calls.length;
    const refusals = connected.platforms.waitFor(({ face: name }) => name === channel, before);
    script.answerNext({ kind: 'answer', status: 503, body: '<html></html>' });
    await someone.does('text', 'xin chào');
    await refusals;
    const heard = someone.heard();
    expect(heard.length).toBeGreaterThan(0);
    expect(new Set(heard).size).toBe(heard.length);
  }, 60_000);
});

describe.each(['messenger', 'line'] as const)('on %s', (channel) => {
  it('what another program owns is kept and not answered', async () => {
    const someone = connected.person(channel);
    const before = await connected.count();
    const event = someone.event('text', 'có ai không?');
    const body = channel === 'messenger' ? buildDelivery([event], 'standby') : null;
    if (body === null) await connected.webhooks.line.deliver([{ ...event, mode: 'standby' }]);
    else await connected.webhooks.messenger.deliverRaw([JSON.stringify(body)]);
    await connected.settled();
    expect(someone.heard()).toEqual([]);
    expect((await connected.count()).said).toBe(before.said + 1);
  });
});

describe.each(['zalo', 'messenger'] as const)('a hand at the inbox of %s', (channel) => {
  it('makes the bot mute for this person, and for nobody else', async () => {
    const [someone, another] = [connected.person(channel), connected.person(channel)];
    await someone.does('text', 'xin chào');
    const heard = someone.heard().length;
    await someone.does('echo', 'Chào bạn, mình là Hà');
    await someone.does('text', 'dạ em hỏi chút');
    await another.does('text', 'xin chào');
    expect(someone.heard()).toHaveLength(heard);
    expect(another.heard().length).toBeGreaterThan(0);
  });
});

describe('on Messenger', () => {
  it('who was passed to the inbox is answered again when passed back to us', async () => {
    const someone = connected.person('messenger');
    await someone.does('echo', 'Chào bạn, mình là Hà');
    await someone.does('text', 'dạ em hỏi chút');
    expect(someone.heard()).toEqual([]);
    const passed = buildItem(someone.id, { pass_thread_control: { new_owner_app_id: FAKE_PAGE.appId } });
    await connected.webhooks.messenger.deliver([passed], { copies: 2 });
    await connected.settled();
    await someone.does('text', 'còn đó không');
    expect(someone.heard().length).toBeGreaterThan(0);
  });

  it('our own echo that comes before our call returns changes nothing', async () => {
    const echoes: number[] = [];
    connected.platforms.messenger.beforeAnswer(async (echo) => {
      const { statuses } = await connected.webhooks.messenger.deliverRaw([JSON.stringify(echo)]);
      echoes.push(...statuses);
    });
    const someone = connected.person('messenger');
    const before = await connected.count();
    await someone.does('text', 'xin chào');
    await someone.does('text', 'còn đó không');
    connected.platforms.messenger.beforeAnswer(() => Promise.resolve());
    expect(echoes).toHaveLength(someone.heard().length);
    expect(new Set(echoes)).toEqual(new Set([200]));
    expect((await connected.count()).said).toBe(before.said + 2);
  });
});

describe('on LINE', () => {
  it('all messages of an answer are one free reply, and nothing is pushed', async () => {
    const someone = connected.person('line');
    const used = connected.platforms.line.used();
    await someone.does('text', 'tuyển gấp đi Campuchia lương 20 triệu, công ty giữ hộ chiếu giùm');
    const shown = connected.platforms.line.sent.filter(({ person }) => person === someone.id);
    expect(shown.length).toBeGreaterThan(1);
    expect(new Set(shown.map(({ how, requestId }) => `${how} ${requestId}`)).size).toBe(1);
    expect(connected.platforms.line.used()).toBe(used);
  });

  it('has no handshake', async () => {
    const answer = await fetch(`${connected.server.url}/hooks/line/default?hub.mode=subscribe`);
    expect(answer.status).toBe(404);
  });
});

describe('all of it', () => {
  it('broke no rule of the platforms, and told no text, id or secret in the log', () => {
    expect(connected.platforms.faults()).toEqual([]);
    const output = connected.server.output();
    expect(output).toContain('hook_accepted');
    const addresses = /^http/;
    for (const secret of Object.values(connected.platforms.env()))
      if (!addresses.test(secret)) expect(output).not.toContain(secret);
    for (const { person } of connected.platforms.sent) expect(output).not.toContain(person);
    expect(output).not.toMatch(/xin chào|cứu em|appsecret_proof|reply-U/);
  });
});
