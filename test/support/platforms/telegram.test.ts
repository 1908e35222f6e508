/** The fake Telegram has teeth: what the Bot API would refuse, it refuses. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttpClient, type HttpClient } from '../../../server/http.ts';
import { startPlatforms, type Platforms } from './platforms.ts';
import { FAKE_BOT } from './telegram.ts';

describe('the fake Telegram', () => {
  let platforms: Platforms;
  let http: HttpClient;
  beforeAll(async () => {
    platforms = await startPlatforms({ knowsEverybody: true });
    http = createHttpClient({ allowedBases: [platforms.base('telegram')] });
  });
  afterAll(async () => {
    http.close();
    await platforms.close();
  });

  const buttons = (button: object) => ({
    chat_id: 1,
    text: 'x',
    reply_markup: { inline_keyboard: [[button]] },
  });
  it.each([
    ['an unknown method', 'sendMesage', {}, 'method sendMesage is not in the excerpt'],
    ['a missing field', 'sendMessage', { chat_id: 1 }, 'sendMessage.text is missing'],
    ['an unknown field', 'sendMessage', { chat_id: 1, text: 'x', txt: 1 }, 'sendMessage.txt is not a field'],
    ['a wrong type', 'sendMessage', { chat_id: 1.5, text: 'x' }, 'sendMessage.chat_id is no Integer'],
    [
      'a wrong type deep inside',
      'sendMessage',
      buttons({ text: 1, callback_data: 'a' }),
      'inline_keyboard[0][0].text is no String',
    ],
    ['an empty text', 'sendMessage', { chat_id: 1, text: ' \n' }, 'message text is empty'],
    ['a long text', 'sendMessage', { chat_id: 1, text: 'x'.repeat(4097) }, 'message is too long'],
    [
      'a long payload',
      'sendMessage',
      buttons({ text: 'x', callback_data: 'ă'.repeat(33) }),
      'BUTTON_DATA_INVALID',
    ],
    ['an empty payload', 'sendMessage', buttons({ text: 'x', callback_data: '' }), 'BUTTON_DATA_INVALID'],
    ['an empty label', 'sendMessage', buttons({ text: ' ', callback_data: 'a' }), 'button text is empty'],
    ['a markup mode', 'sendMessage', { chat_id: 1, text: 'x', parse_mode: 'HTML' }, 'no parse_mode'],
    ['a webhook without https', 'setWebhook', { url: 'http://example.org' }, 'HTTPS URL must be provided'],
    [
      'a strange secret',
      'setWebhook',
      { url: 'https://example.org', secret_token: 'ă' },
      'unallowed characters',
    ],
  ])('refuses %s', async (_what, method, payload, problem) => {
    const { status, body } = await call(method, JSON.stringify(payload));
    expect(status).toBe(400);
    expect(body).toContain(problem);
    expect(platforms.calls.at(-1)?.problems.join()).toContain(problem);
  });

  it('refuses a body that is no JSON object, and another token', async () => {
    expect(await call('sendMessage', '[1]')).toMatchObject({ status: 400 });
    expect(await call('sendMessage', '{')).toMatchObject({ status: 400 });
    expect(await call('getMe', '{}', '1:other')).toMatchObject({ status: 401 });
  });

  it('accepts a valid call and remembers what was sent', async () => {
    const { status, body } = await call(
      'sendMessage',
      JSON.stringify({ chat_id: 1, text: 'x'.repeat(4096) }),
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ ok: true, result: { chat: { id: 1 } } });
    expect(platforms.telegram.sent.length).toBe(1);
  });

  async function call(method: string, body: string, token: string = FAKE_BOT.token) {
    const result = await http.request({
      method: 'POST',
      url: `${platforms.base('telegram')}/bot${token}/${method}`,
      body,
    });
    if (!result.ok) throw new Error(result.code);
    return { status: result.status, body: result.body.toString() };
  }
});
