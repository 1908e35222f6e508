/** The fake Zalo has teeth: what the platform would refuse, it refuses. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../../../server/http.ts';
import { startPlatforms, type Platforms } from './platforms.ts';
import { FAKE_ZALO, type ZaloFace } from './zalo.ts';

const NOW = new Date('2026-11-22T08:00:00Z');

describe('the fake Zalo', () => {
  let clockMs = NOW.getTime();
  let face: ZaloFace;
  let platforms: Platforms;
  let http: HttpClient;
  beforeAll(async () => {
    platforms = await startPlatforms({ now: () => new Date(clockMs) });
    face = platforms.zalo;
    face.rate.setLimit(20);
    http = createHttpClient({ allowedBases: [platforms.base('zalo')] });
    face.people.touch('701', NOW);
  });
  afterAll(async () => {
    http.close();
    await platforms.close();
  });

  const text = (fields: object) => ({ recipient: { user_id: '701' }, message: { text: 'a', ...fields } });
  const withButtons = (buttons: readonly object[]) =>
    text({ attachment: { type: 'template', payload: { buttons } } });
  const button = { title: 'Có', type: 'oa.query.hide', payload: 'x' };

  it.each([
    ['a missing text', { recipient: { user_id: '701' }, message: {} }, -201],
    ['an unknown field', text({ txt: 'b' }), -201],
    ['a user id as a number', { recipient: { user_id: 701 }, message: { text: 'a' } }, -201],
    ['an empty text', text({ text: ' ' }), -201],
    ['2,001 characters', text({ text: 'x'.repeat(2001) }), -210],
    ['six buttons', withButtons(Array.from({ length: 6 }, () => button)), -201],
    ['a long title', withButtons([{ ...button, title: 'x'.repeat(101) }]), -201],
    ['a long payload', withButtons([{ ...button, payload: 'x'.repeat(1001) }]), -201],
    ['a button of another kind', withButtons([{ ...button, type: 'oa.open.fax' }]), -201],
  ])('refuses %s', async (_what, body, error) => {
    const token = (await refresh(face.issueRefreshToken())).access_token;
    expect(await send(body, token)).toMatchObject({ error });
    expect(platforms.calls.at(-1)?.problems).not.toEqual([]);
    clockMs += 60_000;
  });

  it('gives tokens for a refresh token once', async () => {
    const first = face.issueRefreshToken();
    const granted = await refresh(first);
    expect(granted).toMatchObject({ expires_in: '90000' });
    expect(await refresh(first)).toMatchObject({ error: -14_014 });
    expect(await refresh(granted.refresh_token, 'another secret')).toMatchObject({ error: -14_002 });
    expect(await refresh(granted.refresh_token)).toMatchObject({ expires_in: '90000' });
  });

  it.each([
    ['an old token', () => Promise.resolve('fake-access-old'), -216],
    ['a token after 25 hours', expired, -220],
    ['the quota used up', () => noted(() => face.setQuota(0)), -211],
    ['at night', () => noted(() => face.setNight(true)), -234],
  ])('refuses %s', async (_what, arrange, error) => {
    face.people.touch('701', new Date(clockMs + 26 * 3_600_000));
    const token = await arrange();
    expect(await send({ recipient: { user_id: '701' }, message: { text: 'a' } }, token)).toMatchObject({
      error,
    });
    face.setQuota(Number.POSITIVE_INFINITY);
    face.setNight(false);
  });

  it('refuses the call after the last of a minute', async () => {
    clockMs += 60_000;
    const token = (await refresh(face.issueRefreshToken())).access_token;
    face.people.touch('701', new Date(clockMs));
    const errors: unknown[] = [];
    for (let count = 0; count < 21; count += 1) errors.push((await send(text({}), token)).error);
    expect(errors.filter((error) => error === 0).length).toBe(20);
    expect(errors.at(-1)).toBe(-32);
  });

  async function expired(): Promise<string> {
    const token = (await refresh(face.issueRefreshToken())).access_token;
    clockMs += 25 * 3_600_000;
    return token;
  }

  async function noted(arrange: () => void): Promise<string> {
    arrange();
    return (await refresh(face.issueRefreshToken())).access_token;
  }

  function refresh(token: string, secret: string = FAKE_ZALO.appSecret): Promise<Answer> {
    const form = { app_id: FAKE_ZALO.appId, grant_type: 'refresh_token', refresh_token: token };
    return post('/v4/oa/access_token', new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      secret_key: secret,
    });
  }

  function send(body: object, token: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', access_token: token };
    return post('/v3.0/oa/message/cs', JSON.stringify(body), headers);
  }

  async function post(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const result = await http.request({ method: 'POST', url: platforms.base('zalo') + path, headers, body });
    if (!result.ok) throw new Error(result.code);
    return AnswerSchema.parse(JSON.parse(result.body.toString()));
  }
});

const AnswerSchema = z.looseObject({
  error: z.number().optional(),
  access_token: z.string().default(''),
  refresh_token: z.string().default(''),
});
type Answer = z.infer<typeof AnswerSchema>;
