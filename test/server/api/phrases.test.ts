/** The editors' list over HTTP: who may, what is shown, nothing saved untried, each view audited. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PhrasesSchema, TrialSchema } from '../../../server/api/contract.ts';
import { addHeardPhrase } from '../../../server/store/heard-phrases.ts';
import type { Trial } from '../../../bot/index.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

jest.setTimeout(30_000);

const DANGER: Trial['danger'][number] = {
  ...{ task: 'risk', text: 'nó nhốt em', expected: 'high', before: 'asked', after: 'none' },
};
let trial: Trial = { tasks: [], broken: [], mended: [], danger: [], otherwise: 0 };
let desk: Desk;
let editor: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk({
    learning: {
      learningPurpose: 'Bot hiểu thêm cách nói của người viết',
      runTrial: () => Promise.resolve(trial),
      teacher: {
        guess: () => [{ intent: 'check_offer', score: 0.4 }],
        intents: [{ id: 'check_offer', title: { vi: 'Kiểm tra lời mời', en: 'Check' }, group: 'checking' }],
        flows: ['numbers'],
        faultOf: ({ text, target }) => {
          if (text.includes('Lan')) return 'phrase_personal';
          return target === 'check_offer' ? null : 'unknown_target';
        },
      },
    },
  });
  editor = await desk.addStaff('editor');
});
afterEach(async () => {
  trial = { tasks: [], broken: [], mended: [], danger: [], otherwise: 0 };
  await desk.database.pool.query('truncate heard_phrases, phrase_proposals');
});
afterAll(() => desk.stop());

const call = (method: string, path: string, body?: unknown) =>
  desk.call(method, path, { cookie: editor.cookie, ...(body === undefined ? {} : { body }) });
const read = async () => PhrasesSchema.parse((await call('GET', '/phrases')).body);
const hear = async (text: string): Promise<void> => {
  for (const conversationId of ['a', 'b'])
    await desk.database.transact((client) =>
      addHeardPhrase(client, desk.vault, { text, key: text, conversationId }, '2026-11-20'),
    );
};
const PHRASE = { kind: 'intent', target: 'check_offer', text: 'coi hộ chỗ mời này' };
const tryIt = async (phrase = PHRASE) => TrialSchema.parse((await call('POST', '/phrases/try', phrase)).body);
const actions = async () =>
  (await desk.database.pool.query<{ action: string }>('select action from audit order by id')).rows.map(
    ({ action }) => action,
  );

describe('the list', () => {
  it('shows the purpose, the wording and what the bot thinks; each view is audited without a word', async () => {
    await hear('con trâu leo cây');
    expect(await read()).toMatchObject({
      purpose: 'Bot hiểu thêm cách nói của người viết',
      keptDays: 30,
      phrases: [{ text: 'con trâu leo cây', times: 2, guesses: [{ intent: 'check_offer', score: 0.4 }] }],
      intents: [{ id: 'check_offer', title: 'Kiểm tra lời mời' }],
    });
    const audit = await desk.database.pool.query(
      'select action, user_id, detail from audit order by id desc limit 1',
    );
    expect(audit.rows).toEqual([{ action: 'phrases_viewed', user_id: editor.userId, detail: { shown: 1 } }]);
  });

  it.each(['counsellor', 'supervisor'] as const)('is refused to a %s', async (role) => {
    const { cookie } = await desk.addStaff(role);
    expect((await desk.call('GET', '/phrases', { cookie })).status).toBe(403);
    expect((await desk.call('POST', '/phrases/try', { cookie, body: PHRASE })).status).toBe(403);
  });

  it('lets a wording be ignored once', async () => {
    await hear('con trâu leo cây');
    const id = (await read()).phrases[0]?.id ?? '';
    expect((await call('POST', `/phrases/${id}/ignore`, {})).status).toBe(200);
    expect((await read()).phrases).toEqual([]);
    expect((await call('POST', `/phrases/${id}/ignore`, {})).status).toBe(404);
  });
});

describe('a proposal', () => {
  it('is saved with what its trial said, and its wording leaves the list', async () => {
    await hear('coi hộ chỗ mời này');
    const heardId = (await read()).phrases[0]?.id ?? '';
    trial = { ...trial, tasks: [{ task: 'own', n: 9, rightBefore: 8, rightAfter: 9 }] };
    const { totals, proof } = await tryIt();
    const answer = await call('POST', '/phrases/propose', {
      ...{ ...PHRASE, totals, proof, heardId, despiteDanger: false },
    });
    expect(answer.status).toBe(200);
    const { phrases, proposals } = await read();
    expect(phrases).toEqual([]);
    expect(proposals).toMatchObject([
      { ...PHRASE, totals: { n: 9, broken: 0, mended: 0, danger: 0 }, exportedAt: null },
    ]);
    const stored = JSON.stringify(
      (await desk.database.pool.query('select p::text from phrase_proposals p')).rows,
    );
    expect(stored).not.toContain('chỗ mời');
    expect(await actions()).toContain('phrase_proposed');
    expect((await call('POST', `/proposals/${proposals[0]?.id ?? ''}/withdraw`, {})).status).toBe(200);
    expect((await read()).proposals).toEqual([]);
  });

  it.each([
    ['another text than was tried', { text: 'coi giùm chỗ mời này' }, 'not_tried'],
    ['better figures than came out', { totals: { n: 5, broken: 0, mended: 3, danger: 0 } }, 'not_tried'],
    ['a text with a name', { text: 'coi hộ chị Lan' }, 'phrase_personal'],
    ['an intent that is not there', { target: 'nothing' }, 'unknown_target'],
    ['a wording that is gone', { heardId: randomUUID() }, 'not_found'],
  ])('is refused with %s, and nothing is saved', async (_title, change, code) => {
    const { totals, proof } = await tryIt();
    const answer = await call('POST', '/phrases/propose', {
      ...{ ...PHRASE, totals, proof, heardId: null, despiteDanger: false, ...change },
    });
    expect(answer.body).toEqual({ error: { code } });
    expect((await read()).proposals).toEqual([]);
  });

  it('that changes an answer about danger needs an editor who says so', async () => {
    trial = { ...trial, danger: [DANGER] };
    const { totals, proof, danger } = await tryIt();
    expect(danger).toEqual([DANGER]);
    const saved = { ...PHRASE, totals, proof, heardId: null };
    expect((await call('POST', '/phrases/propose', { ...saved, despiteDanger: false })).body).toEqual({
      error: { code: 'danger_would_change' },
    });
    expect((await call('POST', '/phrases/propose', { ...saved, despiteDanger: true })).status).toBe(200);
  });

  it.each([
    ['still with a mark', 'gọi [số] được không'],
    ['empty', ' '],
    ['too long', 'x'.repeat(161)],
  ])('is refused when it is %s', async (_title, text) => {
    expect(await call('POST', '/phrases/try', { ...PHRASE, text })).toMatchObject({
      status: 400,
      body: { error: { code: 'bad_request', fields: ['text'] } },
    });
  });
});
