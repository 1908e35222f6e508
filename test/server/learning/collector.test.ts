/** From a message to the editors' list, over a real database: what gets there, what never does, and how it goes again. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { takeTurn } from '../../../bot/index.ts';
import { createCollector, tidyPhrases, type Unheard } from '../../../server/learning/collector.ts';
import { createLog } from '../../../server/log.ts';
import { eraseDue } from '../../../server/store/erase.ts';
import {
  addHeardPhrase,
  forgetPhrasesOf,
  ignoreHeardPhrase,
  listHeardPhrases,
} from '../../../server/store/heard-phrases.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { fakeChannel, fakeClock, message, startInstance, testVault } from '../../support/turns.ts';

jest.setTimeout(120_000);

const vault = testVault();
const ODD = 'con trâu nhà mình leo cây';
let assets: Assets;
let database: TestDatabase;
beforeAll(async () => {
  [assets, database] = await Promise.all([loadRealAssets(), createTestDatabase()]);
}, 60_000);
afterEach(async () => {
  await database.pool.query('truncate heard_phrases, contacts cascade');
});
afterAll(() => database.drop());

const add = (conversationId: string, text = ODD, day = '2026-11-20') =>
  database.transact((client) => addHeardPhrase(client, vault, { conversationId, text, key: text }, day));
const shown = () => listHeardPhrases(database.pool, vault);
const count = async () =>
  (await database.pool.query<{ n: number }>('select count(*)::int as n from heard_phrases')).rows[0]?.n;

describe('the list', () => {
  it('shows a wording once a second conversation wrote it, with how often and the days', async () => {
    await add('a');
    await add('a');
    expect(await shown()).toEqual([]);
    await add('b', ODD, '2026-11-22');
    expect(await shown()).toMatchObject([
      { text: ODD, times: 3, firstDay: '2026-11-20', lastDay: '2026-11-22' },
    ]);
    // the tag that told the writers apart is gone, and does not come back
    await add('c');
    const tags = await database.pool.query('select writer_tag from heard_phrases');
    expect(tags.rows).toEqual([{ writer_tag: null }]);
  });

  it('is newest first, then most often', async () => {
    for (const text of ['một', 'hai', 'ba']) {
      await add('a', text);
      await add('b', text, text === 'ba' ? '2026-11-22' : '2026-11-20');
    }
    await add('c', 'hai');
    expect((await shown()).map(({ text }) => text)).toEqual(['ba', 'hai', 'một']);
  });

  it('never shows again what an editor ignored, and keeps nothing of its words', async () => {
    await add('a');
    await add('b');
    const [one] = await shown();
    expect(await database.transact((client) => ignoreHeardPhrase(client, one?.id ?? ''))).toBe(true);
    await add('c');
    expect(await shown()).toEqual([]);
    expect((await database.pool.query('select text_enc from heard_phrases')).rows).toEqual([
      { text_enc: null },
    ]);
  });

  it('holds no conversation, no contact, no channel, no time and no readable word', async () => {
    await add('conversation-a');
    const columns = await database.pool.query<{ column_name: string; data_type: string }>(
      `select column_name, data_type from information_schema.columns where table_name = 'heard_phrases' order by 1`,
    );
    expect(columns.rows.map(({ column_name }) => column_name)).toEqual([
      ...['first_day', 'id', 'key_wrapped', 'last_day', 'phrase_hash', 'text_enc', 'times', 'writer_tag'],
    ]);
    expect(columns.rows.some(({ data_type }) => data_type.startsWith('timestamp'))).toBe(false);
    const row = JSON.stringify((await database.pool.query('select h::text from heard_phrases h')).rows);
    expect(row).not.toContain('trâu');
    expect(row).not.toContain(Buffer.from('trâu').toString('hex'));
  });
});

describe('what was kept', () => {
  const tidy = (now: string, purpose: string | null = 'Bot hiểu nhiều cách nói hơn') =>
    tidyPhrases({ pool: database.pool, clock: { now: () => new Date(now) }, purpose });

  it('is gone thirty days after it was first heard, however often it came again', async () => {
    await add('a');
    await add('b', ODD, '2026-12-15');
    expect(await tidy('2026-12-19T16:59:00Z')).toBe(0);
    expect(await tidy('2026-12-19T17:00:00Z')).toBe(1);
    expect(await count()).toBe(0);
  });

  it('goes at once when there is no purpose any more', async () => {
    await add('a');
    expect(await tidy('2026-11-20T08:00:00Z', null)).toBe(1);
  });

  it('goes with the conversation that alone wrote it; what two wrote is nobody’s and stays', async () => {
    await add('a', 'chỉ một người viết');
    await add('a', ODD);
    await add('b', ODD);
    expect(await database.transact((client) => forgetPhrasesOf(client, vault, 'a'))).toBe(1);
    expect(await shown()).toHaveLength(1);
    expect(await count()).toBe(1);
  });
});

describe('a message', () => {
  // a phrase keeps one byte of who wrote it, so one pair of random ids in 256 would count as one writer
  const ids = { next: 0 };
  const newId = (): string => {
    ids.next += 1;
    return `00000000-0000-7000-8000-${String(ids.next).padStart(12, '0')}`;
  };
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const run = async (texts: readonly (readonly [from: string, text: string, forwarded?: boolean])[]) => {
    const clock = fakeClock();
    const heard: Unheard[] = [];
    const collector = createCollector({
      assets: () => assets,
      transact: database.transact,
      vault,
      clock,
      log,
    });
    const instance = startInstance(database, {
      ...{ clock, vault, assets, takeTurn, newId, channels: [fakeChannel('telegram')] },
      onUnheard: (unheard) => {
        heard.push(...unheard);
        collector.collect(unheard);
      },
      onDanger: collector.withdraw,
    });
    for (const [from, text, forwarded = false] of texts) {
      await instance.inbox.accept('telegram', 'default', [message(from, text, { forwarded })]);
      await instance.work();
      clock.advance(1000);
    }
    await collector.settle();
    return { heard: heard.map(({ text }) => text), told: JSON.stringify(instance.told.entries) };
  };

  it('that two people wrote reaches the list redacted, and no log', async () => {
    const { told } = await run([
      ['p1', 'chào'],
      ['p1', `${ODD} 0900 000 101`],
      ['p2', 'chào'],
      ['p2', 'CON TRÂU NHÀ MÌNH LEO CÂY 0900.000.102'],
    ]);
    expect((await shown()).map(({ text }) => text)).toEqual([`${ODD} [số]`]);
    expect(told + lines.join('')).not.toMatch(/trâu|0900/i);
  });

  it.each([
    [
      'of somebody in danger',
      [
        ['p', 'họ đánh em, cứu em với'],
        ['p', ODD],
      ],
    ],
    [
      'of somebody who asked for a person',
      [
        ['p', 'cho gặp người thật'],
        ['p', ODD],
      ],
    ],
    [
      'that is forwarded',
      [
        ['p', 'chào'],
        ['p', ODD, true],
      ],
    ],
    [
      'that answers a question whose answer is kept',
      [
        ['p', 'kiểm tra lời mời'],
        ['p', ODD],
      ],
    ],
    [
      'of a child',
      [
        ['p', 'em 15 tuổi'],
        ['p', ODD],
      ],
    ],
  ] as const)('%s is never collected', async (_title, texts) => {
    const { heard } = await run(texts);
    expect(heard).toEqual([]);
  });

  it('goes again when its writer turns out to be in danger', async () => {
    const { heard } = await run([
      ['p', 'chào'],
      ['p', ODD],
      ['p', 'họ đánh em, cứu em với'],
    ]);
    expect(heard).toEqual([ODD]);
    expect(await count()).toBe(0);
  });

  it('that was erased with its conversation is in no table any more', async () => {
    const { heard } = await run([
      ['p', 'chào'],
      ['p', ODD],
    ]);
    expect(heard).toEqual([ODD]);
    expect(await count()).toBe(1);
    await database.pool.query(`update conversations set erase_requested_at = now() - interval '2 hours'`);
    await database.transact((client) => eraseDue(client, vault, new Date()));
    expect(await count()).toBe(0);
  });
});
