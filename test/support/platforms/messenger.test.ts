/** The fake Graph API has teeth: what Meta would refuse, it refuses. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAKE_PAGE } from './messenger.ts';
import { startPlatforms, type Platforms } from './platforms.ts';

describe('the fake Graph API', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await startPlatforms({ knowsEverybody: true });
  });
  afterAll(() => platforms.close());

  const proof = createHmac('sha256', FAKE_PAGE.appSecret).update(FAKE_PAGE.pageToken).digest('hex');
  const credentials = { access_token: FAKE_PAGE.pageToken, appsecret_proof: proof };
  const send = async (
    body: object,
    path = `/v26.0/${FAKE_PAGE.pageId}/messages`,
    query: Record<string, string> = credentials,
  ) => {
    const url = `${platforms.base('messenger')}${path}?${new URLSearchParams(query).toString()}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return {
      status: answer.status,
      problems: platforms.calls.at(-1)?.problems.join('; ') ?? '',
      text: await answer.text(),
    };
  };
  const message = (fields: object, over: object = {}) => ({
    recipient: { id: '7001' },
    messaging_type: 'RESPONSE',
    message: { text: 'x', ...fields },
    ...over,
  });
  const reply = { content_type: 'text', title: 'x', payload: 'x' };

  it.each([
    ['a long text', message({ text: 'x'.repeat(2001) }), 'message.text'],
    ['an empty text', message({ text: '' }), 'message.text'],
    [
      '14 quick replies',
      message({ quick_replies: Array.from({ length: 14 }, () => reply) }),
      'quick_replies',
    ],
    ['a long title', message({ quick_replies: [{ ...reply, title: 'x'.repeat(21) }] }), 'title'],
    ['a long payload', message({ quick_replies: [{ ...reply, payload: 'x'.repeat(1001) }] }), 'payload'],
    ['a retired tag', message({}, { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }), 'tag'],
    ['a tag on an answer', message({}, { tag: 'HUMAN_AGENT' }), 'a tag goes with MESSAGE_TAG'],
    [
      'MESSAGE_TAG without a tag',
      message({}, { messaging_type: 'MESSAGE_TAG' }),
      'a tag goes with MESSAGE_TAG',
    ],
    ['no messaging type', message({}, { messaging_type: undefined }), 'messaging_type'],
    ['an action beside a message', message({}, { sender_action: 'typing_on' }), 'sender_action'],
    ['a person by name', message({}, { recipient: { id: 'hoa' } }), 'recipient.id'],
  ])('refuses %s', async (_what, body, problem) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.problems).toContain(problem);
  });

  it.each([
    ['another page', `/v26.0/1/messages`, credentials, '"code":100'],
    ['another version', `/v19.0/${FAKE_PAGE.pageId}/messages`, credentials, '"code":100'],
    ['no proof', undefined, { access_token: FAKE_PAGE.pageToken }, '"code":100'],
    ['an unknown token', undefined, { ...credentials, access_token: 'x' }, '"code":190'],
  ])('refuses a call with %s', async (_what, path, query, told) => {
    const answer = await send(message({}), path, query);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(told);
  });

  it('accepts what is right and remembers it', async () => {
    expect(await send(message({ quick_replies: [reply] }))).toMatchObject({ status: 200, problems: '' });
    expect(platforms.messenger.sent).toHaveLength(1);
  });
});
