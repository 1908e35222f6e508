/** From a message with a file to the sealed file and back: durable, once, in order of urgency, and gone when it should be. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import sharp from 'sharp';
import type { InboundAttachment, MediaResult } from '../../../server/channels/adapter.ts';
import { fetchByUrl } from '../../../server/channels/media-download.ts';
import { createHttpClient } from '../../../server/http.ts';
import { newUuid } from '../../../server/ids.ts';
import { cleanInProcess } from '../../../server/media/cleaner.ts';
import { createMediaFetcher, type FetcherDeps, MEDIA_LEASE_MS } from '../../../server/media/fetcher.ts';
import type { MediaFiles } from '../../../server/media/files.ts';
import { openFiles, readMediaFile } from '../../../server/media/open.ts';
import { listMedia, readStoredMedia } from '../../../server/store/media.ts';
import { listMessages } from '../../../server/store/messages.ts';
import { eraseConversation } from '../../../server/store/erase.ts';
import { BARE_ATTACHMENT } from '../../../server/channels/reading.ts';
import { startFakeS3 } from '../../support/fake-s3.ts';
import { HTML, jpegWithPlace, MARK, oggVoice, picture } from '../../support/media-samples.ts';
import { type MediaServer, startMediaServer } from '../../support/media-server.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  fakeChannel,
  fakeClock,
  type Instance,
  listeningLog,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

// files are cleaned in processes of their own, on a machine that others use too
jest.setTimeout(60_000);

let database: TestDatabase;
let server: MediaServer;
let folder: string;
let clock: SetClock;
let instance: Instance;
const vault = testVault();
beforeAll(async () => {
  server = await startMediaServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'hoi-truoc-media-'));
  clock = fakeClock();
  instance = startInstance(database, { clock });
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Counted {
  outcomes: string[];
  changes: number;
}

function fetcher(over: Partial<FetcherDeps> = {}) {
  const counted: Counted = { outcomes: [], changes: 0 };
  const told = listeningLog();
  const http = createHttpClient({ allowedBases: [server.base] });
  const base = { own: 'https://openapi.zalo.me', used: server.base };
  const { adapter } = fakeChannel();
  const made = createMediaFetcher({
    ...{ transact: database.transact, vault, clock, log: told.log, instanceId: newUuid() },
    adapters: [
      {
        ...adapter,
        fetchMedia: (reference, context) => fetchByUrl('zalo', http, base, reference, context),
      },
    ],
    clean: cleanInProcess,
    files: openFiles({ dataDir: folder, mediaS3: undefined }),
    random: () => 0,
    onChanged: () => {
      counted.changes += 1;
    },
    countOutcome: (channel, kind, outcome) => counted.outcomes.push(`${channel} ${kind} ${outcome}`),
    ...over,
  });
  return { ...made, counted, told };
}

function attached(
  url: string,
  type: InboundAttachment['type'] = 'image',
  over: Partial<InboundAttachment> = {},
) {
  return { ...BARE_ATTACHMENT, type, url: `${server.base}${url}`, ...over };
}

/** Somebody sends files, and the turn is taken. */
async function send(from: string, ...attachments: readonly InboundAttachment[]): Promise<void> {
  await instance.inbox.accept('telegram', 'default', [
    message(from, '', { attachments, messageId: `${from}-${attachments.length}`, receivedAt: clock.now() }),
  ]);
  await instance.work();
}

interface Row {
  id: string;
  conversation_id: string;
  state: string;
  reason: string | null;
  attempts: number;
  shown_as: string | null;
  media_type: string | null;
  name: string | null;
  bytes_of_source: number;
}

async function rows(): Promise<readonly Row[]> {
  const found = await database.pool.query<Row>(
    `select id, conversation_id, state, reason, attempts, shown_as, media_type, name, length(source_enc) as bytes_of_source
     from media order by created_at, position`,
  );
  return found.rows;
}

async function filesOnDisk(): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

const states = async (): Promise<string[]> =>
  (await rows()).map(({ state, reason }) => `${state} ${reason ?? '-'}`);
const trash = async (): Promise<number> =>
  (await database.pool.query('select 1 from media_trash')).rowCount ?? 0;

describe('a picture', () => {
  it('waits with its message, is fetched after the turn, and lies sealed without what it told', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await jpegWithPlace() });
    const asked = server.asked.length;
    await send('an', attached('/a.jpg'));
    expect(await states()).toEqual(['waiting -']);
    expect(server.asked).toHaveLength(asked);

    const { fetchOne, counted } = fetcher();
    expect(await fetchOne()).toBe(true);
    expect(await fetchOne()).toBe(false);

    const [row] = await rows();
    expect(row).toMatchObject({
      state: 'stored',
      shown_as: 'picture',
      media_type: 'image/jpeg',
      bytes_of_source: 0,
    });
    expect([counted.outcomes, counted.changes]).toEqual([['telegram image stored'], 1]);
    const names = await filesOnDisk();
    expect(names).toEqual([row?.name]);
    const name = names[0] ?? '';
    const sealed = await readFile(path.join(folder, 'media', name.slice(0, 2), name));
    expect([sealed.includes('JFIF'), sealed.includes(MARK), sealed.length % 65_536]).toEqual([
      false,
      false,
      29,
    ]);

    const stored = await readStoredMedia(database.pool, vault, row?.conversation_id ?? '', row?.id ?? '');
    if (stored === null) throw new Error('not stored');
    const files = openFiles({ dataDir: folder, mediaS3: undefined });
    const opened = await readMediaFile(files, vault, stored);
    expect(await sharp(opened).metadata()).toMatchObject({ width: 40, height: 60 });
    expect([opened.includes(MARK), opened.includes('Exif')]).toEqual([false, false]);
    expect(await sharp(stored.preview ?? Buffer.alloc(0)).metadata()).toMatchObject({ height: 24 });
  });

  it('tells consoles that something changed, once it is there', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    await database.pool.query('delete from live_events');
    await fetcher().fetchOne();
    const told = await database.pool.query<{ kind: string }>('select kind from live_events');
    expect(told.rows).toEqual([{ kind: 'conversation_changed' }]);
  });

  it('and a voice in one message keep their places', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    server.answer('/v.ogg', { kind: 'bytes', body: await oggVoice() });
    await send(
      'an',
      { ...BARE_ATTACHMENT, type: 'location' },
      attached('/a.jpg'),
      attached('/v.ogg', 'voice'),
    );
    const { fetchOne } = fetcher();
    while (await fetchOne());
    const ids = await database.pool.query<{ id: string }>(`select id from messages where author = 'person'`);
    const listed = await listMedia(
      database.pool,
      ids.rows.map(({ id }) => id),
    );
    expect(
      [...listed.values()].flat().map(({ position, view }) => [position, view.shownAs, view.durationMs]),
    ).toEqual([
      [1, 'picture', null],
      [2, 'voice', 1994],
    ]);
  });
});

describe('a place', () => {
  it('is all in its message, with its numbers, and there is nothing to fetch', async () => {
    await send('an', { ...BARE_ATTACHMENT, type: 'location', latitude: 11.5564, longitude: 104.9282 });
    expect(await rows()).toEqual([]);
    const found = await database.pool.query<{ id: string }>('select id from conversations');
    const messages = await listMessages(database.pool, vault, found.rows[0]?.id ?? '', 0, 10);
    expect(messages[0]?.attachments).toEqual([{ type: 'location', latitude: 11.5564, longitude: 104.9282 }]);
  });
});

describe('what is not kept', () => {
  it.each<[string, () => void, InboundAttachment['type'], string]>([
    [
      'a web page instead of a picture',
      () => server.answer('/x', { kind: 'bytes', body: HTML }),
      'image',
      'refused wrong_type',
    ],
    [
      'more than the limit',
      () => server.answer('/x', { kind: 'endless', bytes: 11 * 1024 * 1024 }),
      'image',
      'refused too_large',
    ],
    [
      'a link that ran out',
      () => server.answer('/x', { kind: 'status', status: 403 }),
      'image',
      'gone expired',
    ],
    [
      'a redirect to this machine',
      () => server.answer('/x', { kind: 'redirect', to: 'http://127.0.0.1:22/' }),
      'image',
      'refused host_not_allowed',
    ],
  ])('%s is said so, and leaves nothing behind', async (_name, prepare, type, expected) => {
    prepare();
    await send('an', attached('/x', type));
    const { fetchOne, sweepOnce, told } = fetcher();
    await fetchOne();
    expect(await states()).toEqual([expected]);
    expect((await rows())[0]?.bytes_of_source).toBe(0);
    await sweepOnce();
    expect([await filesOnDisk(), await trash()]).toEqual([[], 0]);
    expect(JSON.stringify(told.entries)).not.toContain(server.base);
  });

  it('what says itself that it is too large is not even asked for', async () => {
    await send('an', attached('/x', 'image', { sizeBytes: 11 * 1024 * 1024 }));
    expect(await states()).toEqual(['refused too_large']);
    expect(await fetcher().fetchOne()).toBe(false);
  });

  it('the eleventh file of one message, and the three hundred and first of a conversation', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', ...Array.from({ length: 12 }, () => attached('/a.jpg')));
    expect(await rows()).toHaveLength(10);
    await database.pool.query(
      `insert into media select gen_random_uuid(), m.message_id, m.conversation_id, 100 + n, m.channel, m.account, m.kind,
         'stored', null, '', m.fetch_by, m.not_before, 1, null, null, 'disk', md5(n::text), 'picture', 'image/jpeg', 1, null, null,
         m.created_at, m.created_at
       from (select * from media limit 1) m, generate_series(1, 300) n`,
    );
    await fetcher().fetchOne();
    expect((await states()).filter((state) => state === 'refused too_many')).toHaveLength(1);
  });
});

describe('a try that fails', () => {
  it('is made again later and later, at most for half a day', async () => {
    server.answer('/a.jpg', { kind: 'status', status: 503 });
    await send('an', attached('/a.jpg'));
    const { fetchOne, counted } = fetcher();
    const waits: number[] = [];
    const began = clock.now().getTime();
    for (let tries = 0; (await states())[0] === 'waiting -' && tries < 50; tries += 1) {
      expect(await fetchOne()).toBe(true);
      expect(await fetchOne()).toBe(false);
      const due = await database.pool.query<{ not_before: Date }>('select not_before from media');
      const waitMs = (due.rows[0]?.not_before.getTime() ?? 0) - clock.now().getTime();
      if (waitMs > 0) waits.push(waitMs / 1000);
      clock.advance(waitMs);
    }
    expect(await states()).toEqual(['failed not_given']);
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect((clock.now().getTime() - began) / 3_600_000).toBeGreaterThan(10);
    expect(counted.outcomes).toEqual(['telegram image failed']);
  });

  it('waits as long as the platform says', async () => {
    server.answer('/a.jpg', { kind: 'status', status: 429, headers: { 'retry-after': '600' } });
    await send('an', attached('/a.jpg'));
    const { fetchOne } = fetcher();
    await fetchOne();
    clock.advance(599_000);
    expect(await fetchOne()).toBe(false);
    clock.advance(1_000);
    expect(await fetchOne()).toBe(true);
  });

  it('because it was cut off is made once more, then said so', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: (await picture('jpeg', 400, 300)).subarray(0, 700) });
    await send('an', attached('/a.jpg'));
    const { fetchOne } = fetcher();
    await fetchOne();
    expect(await states()).toEqual(['waiting -']);
    clock.advance(10_000);
    await fetchOne();
    expect(await states()).toEqual(['refused damaged']);
  });

  it('because our own store is away loses nothing', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    const [disk] = openFiles({ dataDir: folder, mediaS3: undefined });
    const away: MediaFiles = { ...disk, put: () => Promise.reject(new Error('disk full')) };
    await fetcher({ files: [away] }).fetchOne();
    expect(await states()).toEqual(['waiting -']);
    clock.advance(10_000);
    await fetcher().fetchOne();
    expect(await states()).toEqual(['stored -']);
  });

  it('because we are stopping does not count', async () => {
    await send('an', attached('/a.jpg'));
    const taken: { stop: () => Promise<void> } = { stop: () => Promise.resolve() };
    server.answer('/a.jpg', { kind: 'stuck', begins: Buffer.from('x'), onStuck: () => void taken.stop() });
    const one = fetcher();
    taken.stop = one.stop;
    await one.fetchOne();
    expect(await rows()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
  });

  it('because it takes too long is given up by a clock of its own', async () => {
    const timers: (() => void)[] = [];
    server.answer('/a.jpg', { kind: 'stuck', begins: Buffer.from('x'), onStuck: () => timers[0]?.() });
    await send('an', attached('/a.jpg'));
    const startTimer = (_ms: number, fire: () => void): (() => void) => {
      timers.push(fire);
      return () => undefined;
    };
    await fetcher({ startTimer }).fetchOne();
    expect(await rows()).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  });
});

describe('several instances', () => {
  it('fetch each file once', async () => {
    const png = await picture('png');
    for (let index = 0; index < 8; index += 1) {
      server.answer(`/many-${index}`, { kind: 'bytes', body: png });
      await send(`p${index}`, attached(`/many-${index}`));
    }
    const from = server.asked.length;
    const drain = async ({ fetchOne }: ReturnType<typeof fetcher>): Promise<void> => {
      while (await fetchOne());
    };
    await Promise.all([drain(fetcher()), drain(fetcher())]);
    expect(await states()).toEqual(Array.from({ length: 8 }, () => 'stored -'));
    expect(
      server.asked
        .slice(from)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(Array.from({ length: 8 }, (_one, index) => `/many-${index}`));
    expect(await filesOnDisk()).toHaveLength(8);
  });

  it('fetch first what may be gone first', async () => {
    server.answer('/a.jpg', { kind: 'status', status: 410 });
    await send('slow', attached('/a.jpg'));
    await send('urgent', attached('/a.jpg'));
    await database.pool.query(
      `update media set fetch_by = fetch_by - interval '20 hours' where conversation_id =
         (select conversation_id from media order by created_at desc, id desc limit 1)`,
    );
    await fetcher().fetchOne();
    expect(await states()).toEqual(['waiting -', 'gone expired']);
  });
});

describe('a process that dies in the middle', () => {
  /** Fetches, writes the file, and never says so: what SIGKILL leaves behind. */
  async function dieAfterWriting(): Promise<void> {
    let calls = 0;
    const transact: FetcherDeps['transact'] = (work) => {
      calls += 1;
      return calls === 1 ? database.transact(work) : Promise.reject(new Error('killed'));
    };
    await expect(fetcher({ transact }).fetchOne()).rejects.toThrow('killed');
  }

  it('shows nothing, is taken up again, and its file is cleaned up', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    await dieAfterWriting();
    const orphan = await filesOnDisk();
    expect([orphan.length, await states()]).toEqual([1, ['waiting -']]);
    const [row] = await rows();
    expect(await readStoredMedia(database.pool, vault, row?.conversation_id ?? '', row?.id ?? '')).toBeNull();

    const next = fetcher();
    expect(await next.fetchOne()).toBe(false);
    clock.advance(MEDIA_LEASE_MS);
    expect(await next.fetchOne()).toBe(true);
    await next.sweepOnce();

    expect(await states()).toEqual(['stored -']);
    const left = await filesOnDisk();
    expect(left).toHaveLength(1);
    expect(left).not.toEqual(orphan);
  });

  it('whose conversation was erased meanwhile leaves no file', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    await dieAfterWriting();
    const [row] = await rows();
    await database.transact((client) => eraseConversation(client, row?.conversation_id ?? ''));
    const { sweepOnce } = fetcher();
    expect(await sweepOnce()).toBe(0);
    clock.advance(MEDIA_LEASE_MS);
    expect(await sweepOnce()).toBe(1);
    expect([await filesOnDisk(), await trash()]).toEqual([[], 0]);
  });

  it('again and again in cleaning makes the file refused, not the server', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    const clean = (): ReturnType<FetcherDeps['clean']> => Promise.resolve({ kind: 'failed' });
    for (let tries = 0; tries < 2; tries += 1) {
      await fetcher({ clean }).fetchOne();
      clock.advance(60_000);
    }
    expect(await states()).toEqual(['refused damaged']);
  });
});

describe('a machine on which nothing can be cleaned', () => {
  it('fetches nothing and says so, so that no honest file is called damaged', async () => {
    await send('an', attached('/a.jpg'));
    const asked = server.asked.length;
    const { promise: wasTold, resolve } = Promise.withResolvers<string>();
    const { log } = listeningLog();
    const one = fetcher({
      clean: () => Promise.resolve({ kind: 'failed' }),
      log: { ...log, error: ({ event }) => resolve(event) },
    });
    one.start();
    expect(await wasTold).toBe('media_cleaner_broken');
    await one.stop();
    expect([server.asked.length, await states()]).toEqual([asked, ['waiting -']]);
  });
});

describe('the loop', () => {
  it('fetches what waits, deletes what is left over, and ends when asked', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await database.pool.query(`insert into media_trash values (md5('x'), 'disk', '-infinity')`);
    await send('an', attached('/a.jpg'));
    const { promise: wasStored, resolve } = Promise.withResolvers<string>();
    const one = fetcher({ countOutcome: (_channel, _kind, outcome) => resolve(outcome) });
    one.start();
    expect(await wasStored).toBe('stored');
    await one.stop();
    expect([await states(), await trash()]).toEqual([['stored -'], 0]);
  });
});

describe('erasing', () => {
  it('removes rows at once and files soon, also when a sweep fails in between', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    await send('binh', attached('/a.jpg'));
    const one = fetcher();
    while (await one.fetchOne());
    await instance.inbox.accept('telegram', 'default', [message('an', 'ERASE')]);
    await instance.work();
    expect([(await rows()).length, await trash(), (await filesOnDisk()).length]).toEqual([1, 1, 2]);

    const [disk] = openFiles({ dataDir: folder, mediaS3: undefined });
    const stuck: MediaFiles = { ...disk, delete: () => Promise.reject(new Error('busy')) };
    expect(await fetcher({ files: [stuck] }).sweepOnce()).toBe(0);
    clock.advance(60_000);
    expect(await one.sweepOnce()).toBe(1);
    expect([(await filesOnDisk()).length, await trash()]).toEqual([1, 0]);
    expect(await filesOnDisk()).toEqual([(await rows())[0]?.name]);
  });

  it('while the file is being fetched leaves none', async () => {
    await send('an', attached('/a.jpg'));
    const [row] = await rows();
    const png = await picture('png');
    const erasing = async (): Promise<MediaResult> => {
      await database.transact((client) => eraseConversation(client, row?.conversation_id ?? ''));
      return { kind: 'fetched', body: png };
    };
    const { adapter } = fakeChannel();
    const one = fetcher({ adapters: [{ ...adapter, fetchMedia: erasing }] });
    expect(await one.fetchOne()).toBe(true);
    expect(one.counted).toEqual({ outcomes: [], changes: 0 });
    await one.sweepOnce();
    expect([await filesOnDisk(), await trash()]).toEqual([[], 0]);
  });

  it('makes what is left unreadable: the key is gone with the conversation', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    await fetcher().fetchOne();
    const [row] = await rows();
    const stored = await readStoredMedia(database.pool, vault, row?.conversation_id ?? '', row?.id ?? '');
    if (stored === null) throw new Error('not stored');
    const files = openFiles({ dataDir: folder, mediaS3: undefined });
    const another = { ...stored, keyWrapped: await vault.newKey() };
    await expect(readMediaFile(files, vault, another)).rejects.toMatchObject({
      code: 'sealed_value_unreadable',
    });
  });

  it('one message, because the person took it back, takes its file along', async () => {
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    const one = fetcher();
    await one.fetchOne();
    await instance.inbox.accept('telegram', 'default', [
      message('an', '', { kind: 'unsend', messageId: 'an-1', botMayReply: false, opensWindow: false }),
    ]);
    await instance.work();
    await one.sweepOnce();
    expect([await rows(), await filesOnDisk()]).toEqual([[], []]);
  });
});

describe('an S3-like store', () => {
  it('keeps, gives and forgets; what lies on the disk from before stays readable', async () => {
    const fake = await startFakeS3();
    server.answer('/a.jpg', { kind: 'bytes', body: await picture('png') });
    await send('an', attached('/a.jpg'));
    await fetcher().fetchOne();
    await send('binh', attached('/a.jpg'));
    const files = openFiles({ dataDir: folder, mediaS3: { ...fake.account, endpoint: fake.endpoint } });
    const one = fetcher({ files });
    await one.fetchOne();
    expect([fake.objects.size, (await filesOnDisk()).length, fake.problems]).toEqual([1, 1, []]);
    for (const { id, conversation_id } of await rows()) {
      const stored = await readStoredMedia(database.pool, vault, conversation_id, id);
      if (stored === null) throw new Error('not stored');
      expect(await sharp(await readMediaFile(files, vault, stored)).metadata()).toMatchObject({ width: 64 });
      await database.transact((client) => eraseConversation(client, conversation_id));
    }
    expect(await one.sweepOnce()).toBe(2);
    expect([fake.objects.size, await filesOnDisk()]).toEqual([0, []]);
    await fake.close();
  });
});
