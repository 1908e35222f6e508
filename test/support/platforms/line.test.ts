/** The fake Messaging API has teeth: what LINE would refuse, it refuses. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAKE_LINE } from './line.ts';
import { startPlatforms, type Platforms } from './platforms.ts';

const USER = 'U0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const KEY = { 'x-line-retry-key': '123e4567-e89b-12d3-a456-426614174000' };

describe('the fake Messaging API', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await startPlatforms({ knowsEverybody: true });
  });
  afterAll(() => platforms.close());

  const call = async (name: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${platforms.base('line')}/v2/bot/message/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${FAKE_LINE.channelToken}`, ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, problems: platforms.calls.at(-1)?.problems.join('; ') ?? '' };
  };
  const text = { type: 'text', text: 'x' };
  const push = (...messages: object[]) => ({ to: USER, messages });
  const item = (over: object) => ({
    type: 'action',
    action: { type: 'postback', label: 'x', data: 'x', ...over },
  });
  const withItems = (...items: object[]) => push({ ...text, quickReply: { items } });

  it.each([
    ['no receiver', { messages: [text] }, "required property 'to'"],
    ['no messages', push(), 'fewer than 1 items'],
    ['six messages', push(text, text, text, text, text, text), 'more than 5 items'],
    ['a message without text', push({ type: 'text' }), "required property 'text'"],
    ['a text of a wrong type', push({ type: 'text', text: 5 }), 'must be string'],
    [
      'a message of a kind not used here',
      push({ type: 'image' }),
      'Message of type image is not in the excerpt',
    ],
    ['a misspelt field', push({ ...text, quickreply: {} }), 'TextMessage.quickreply is not a field'],
    [
      'a misspelt field of the call',
      { ...push(text), silent: true },
      'PushMessageRequest.silent is not a field',
    ],
    ['an action of a kind not used here', withItems(item({ type: 'camera' })), 'Action of type camera'],
    ['a misspelt field of an action', withItems(item({ text_: 'x' })), 'PostbackAction.text_ is not a field'],
    ['14 quick replies', withItems(...Array.from({ length: 14 }, () => item({}))), 'more than 13 items'],
    ['long data', withItems(item({ data: 'x'.repeat(301) })), 'more than 300 characters'],
    ['a long label', withItems(item({ label: 'x'.repeat(21) })), 'a bad label'],
    ['a long display text', withItems(item({ displayText: 'x'.repeat(301) })), 'a long display text'],
    ['quick replies that would vanish', push({ ...text, quickReply: { items: [item({})] } }, text), 'vanish'],
    ['a long text', push({ ...text, text: 'x'.repeat(5001) }), 'too long'],
    ['a blank text', push({ ...text, text: ' \n' }), 'the text is empty'],
  ])('refuses %s', async (_what, body, problem) => {
    const answer = await call('push', body, KEY);
    expect(answer.status).toBe(400);
    expect(answer.problems).toContain(problem);
  });

  it.each([
    ['a push without a retry key', 'push', push(text), {}, 'the retry key is no UUID'],
    [
      'a retry key that is no UUID',
      'push',
      push(text),
      { 'x-line-retry-key': 'k' },
      'the retry key is no UUID',
    ],
    [
      'a reply with a retry key',
      'reply',
      { replyToken: 't', messages: [text] },
      KEY,
      'a reply takes no retry key',
    ],
    ['a call that is not described', 'narrowcast', push(text), KEY, 'is not in the excerpt'],
  ])('refuses %s', async (_what, name, body, headers, problem) => {
    const answer = await call(name, body, headers);
    expect(answer.status).toBe(400);
    expect(answer.problems).toContain(problem);
  });

  it('takes a retry key and a reply token once, and no unknown token', async () => {
    platforms.line.giveToken('t', USER);
    const reply = { replyToken: 't', messages: [text] };
    const answers = [
      await call('push', withItems(item({ displayText: 'x' })), KEY),
      await call('push', push(text), KEY),
      await call('reply', reply),
      await call('reply', reply),
      await call('push', push(text), { ...KEY, authorization: 'Bearer x' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 200, 400, 401]);
    expect(platforms.line.sent).toHaveLength(2);
  });
});
