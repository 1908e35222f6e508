/** `npm run telegram:webhook` against a Telegram on loopback. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTelegramWebhook } from '../../../server/tools/telegram-webhook.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { FAKE_BOT, TELEGRAM_ERRORS, telegramError } from '../../support/platforms/telegram.ts';

const SECRET = FAKE_BOT.webhookSecret;

describe('npm run telegram:webhook', () => {
  let platforms: Platforms;
  beforeEach(async () => {
    platforms = await startPlatforms();
  });
  afterEach(() => platforms.close());

  it.each([
    ['https://bot.example.org', 'https://bot.example.org/hooks/telegram/default'],
    ['https://bot.example.org/', 'https://bot.example.org/hooks/telegram/default'],
    ['https://example.org:8443/bot/', 'https://example.org:8443/bot/hooks/telegram/default'],
  ])('with %s registers %s, the secret and the updates we read', async (argument, url) => {
    const { code, out } = await run([argument]);
    expect(code).toBe(0);
    expect(platforms.calls[0]).toMatchObject({
      name: 'setWebhook',
      problems: [],
      json: {
        url,
        secret_token: SECRET,
        allowed_updates: [
          'message',
          'edited_message',
          'callback_query',
          'my_chat_member',
          'message_reaction',
        ],
      },
    });
    expect(out).toContain(`Delivers to: ${url}`);
    expect(out).toContain('Last failed delivery: none');
  });

  it('tells the last failed delivery and what waits', async () => {
    platforms.telegram.setWebhookInfo({
      pending_update_count: 3,
      last_error_date: 1790000000,
      last_error_message: 'Wrong response from the webhook: 502 Bad Gateway',
    });
    const { out } = await run(['https://bot.example.org']);
    expect(out).toContain('Waiting to be delivered: 3');
    expect(out).toContain('2026-09-21T14:13:20.000Z (Wrong response from the webhook: 502 Bad Gateway)');
  });

  it.each([
    ['no address', [], {}, 'Give the public address'],
    ['two addresses', ['https://a.example', 'https://b.example'], {}, 'Give the public address'],
    ['an address without https', ['http://bot.example.org'], {}, 'must begin with https://'],
    ['what is no address', ['bot.example.org'], {}, 'must begin with https://'],
    ['a query in the address', ['https://bot.example.org/?a=b'], {}, 'a host and, at most, a path'],
    ['a port Telegram does not use', ['https://bot.example.org:3000'], {}, 'ports 443, 80, 88 and 8443'],
    [
      'no token',
      ['https://bot.example.org'],
      { TELEGRAM_BOT_TOKEN: undefined },
      'TELEGRAM_BOT_TOKEN is not set',
    ],
    [
      'no secret',
      ['https://bot.example.org'],
      { TELEGRAM_WEBHOOK_SECRET: '' },
      'TELEGRAM_WEBHOOK_SECRET is not set',
    ],
    [
      'a secret Telegram does not take',
      ['https://bot.example.org'],
      { TELEGRAM_WEBHOOK_SECRET: 'a b' },
      '1 to 256 characters',
    ],
    [
      'an API root that is no address',
      ['https://bot.example.org'],
      { TELEGRAM_API_ROOT: 'x' },
      'TELEGRAM_API_ROOT is not',
    ],
  ])('given %s calls nobody and says what to mend', async (_what, args, env, told) => {
    const { code, error } = await run(args, env);
    expect(code).toBe(1);
    expect(error).toContain(told);
    expect(platforms.calls).toEqual([]);
  });

  it('prints all faults of the settings at once', async () => {
    const { error } = await run([], { TELEGRAM_BOT_TOKEN: '', TELEGRAM_WEBHOOK_SECRET: '' });
    expect(error.trim().split('\n').length).toBe(3);
  });

  it.each([
    [
      'the address is refused',
      telegramError(400, 'Bad Request: bad webhook: IP address 10.0.0.1 is reserved'),
      'Telegram refused: Bad Request: bad webhook: IP address 10.0.0.1 is reserved',
    ],
    ['the token is unknown', telegramError(401, 'Unauthorized'), 'Check TELEGRAM_BOT_TOKEN'],
    ['it is too early', TELEGRAM_ERRORS.tooMany(7), 'Try again in 7 seconds'],
    ['Telegram is away', { kind: 'reset' } as const, 'could not be reached (telegram_unreachable)'],
  ])('says so when %s, without the token', async (_what, answer, told) => {
    platforms.telegram.answerNext(answer);
    const { code, out, error } = await run(['https://bot.example.org']);
    expect(code).toBe(1);
    expect(error).toContain(told);
    expect(out + error).not.toMatch(new RegExp(`${FAKE_BOT.token}|${SECRET}`));
  });

  it('runs as a command and prints neither token nor secret', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['server/tools/telegram-webhook.ts', 'https://bot.example.org'],
      { env: environment() },
    );
    expect(stdout).toContain('Telegram accepted the webhook.');
    expect(stdout).not.toMatch(new RegExp(`${FAKE_BOT.token}|${SECRET}`));
  });

  function environment(): Record<string, string> {
    return platforms.env('telegram');
  }

  async function run(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
    const out: string[] = [];
    const errors: string[] = [];
    const code = await setTelegramWebhook({
      args,
      env: { ...environment(), ...env },
      print: (line) => out.push(line),
      printError: (line) => errors.push(line),
    });
    return { code, out: out.join('\n'), error: errors.join('\n') };
  }
});
