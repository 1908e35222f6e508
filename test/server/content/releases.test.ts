/** Releases on real databases: files of a newer version of the software, several instances, and content that does not load. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readDiskFiles } from '../../../server/content/disk-files.ts';
import { followFiles } from '../../../server/content/follow-files.ts';
import { openLiveContent } from '../../../server/content/live-content.ts';
import { followReleases } from '../../../server/content/start-content.ts';
import { applyChanges, type ContentText, hashText } from '../../../server/content/manifest.ts';
import { announce, createLiveHub } from '../../../server/live.ts';
import { createLog } from '../../../server/log.ts';
import { saveTexts } from '../../../server/store/content-files.ts';
import { addRelease, lockReleases, readCurrentRelease } from '../../../server/store/releases.ts';
import { insertUser } from '../../../server/store/users.ts';
import { repositoryRoot } from '../../support/assets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

jest.setTimeout(180_000);

const log = createLog({ level: 'silent' });
const now = new Date('2026-11-20T05:00:00.000Z');
const clock = { now: () => now };
const VI = 'content/messages/vi.yaml';
let disk: readonly ContentText[];
let database: TestDatabase;
beforeAll(async () => {
  disk = await readDiskFiles(repositoryRoot);
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const follow = (files: readonly ContentText[]) =>
  followFiles(files, { transact: database.transact, log, now, recordings: [] });
const withText = (files: readonly ContentText[], change: (text: string) => string, path = VI) =>
  files.map((file) => (file.path === path ? { path, text: change(file.text) } : file));
const open = () => openLiveContent({ pool: database.pool, log, clock, recordings: [], disk });

/** As the studio publishes, without its checks. */
async function release(path: string, text: string): Promise<number> {
  return database.transact(async (client) => {
    await lockReleases(client);
    const current = await readCurrentRelease(client);
    await saveTexts(client, [text]);
    const manifest = applyChanges(current?.manifest ?? {}, [{ path, hash: hashText(text) }]);
    const by = randomUUID();
    await insertUser(client, {
      ...{ id: by, email: `${by}@example.org`, displayName: 'x', passwordHash: '-', role: 'editor' },
      ...{ uiLanguage: 'vi', createdAt: now },
    });
    const number = await addRelease(client, { kind: 'import', manifest, note: '', by, now });
    await announce(client, [{ kind: 'content_changed', conversationId: null, userId: null }]);
    return number;
  });
}
const textOf = async (path: string): Promise<string> => {
  const current = await readCurrentRelease(database.pool);
  const found = await database.pool.query<{ text: string }>(
    'select text from content_files where hash = $1',
    [current?.manifest[path]],
  );
  return found.rows[0]?.text ?? '';
};

describe('at a start', () => {
  it('the files become the first release once, also when two instances start together', async () => {
    const both = await Promise.all([follow(disk), follow(disk)]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['nothing_new', 'seeded']);
    expect((await readCurrentRelease(database.pool))?.number).toBe(1);
  });

  it('newer files are merged with what was published here, and an older instance brings nothing back', async () => {
    const vi = disk.find(({ path }) => path === VI)?.text ?? '';
    const published = vi.replace('choice.menu: { text: Về menu', 'choice.menu: { text: Về đầu trang');
    expect(await release(VI, published)).toBe(2);
    const newer = withText(disk, (text) =>
      text.replace('choice.check: { text: Kiểm tra lời mời', 'choice.check: { text: Xem lời mời'),
    );
    expect(await follow(newer)).toEqual({ kind: 'taken', number: 3, left: [] });
    const merged = await textOf(VI);
    expect(merged).toContain('choice.menu: { text: Về đầu trang');
    expect(merged).toContain('choice.check: { text: Xem lời mời');
    expect(await follow(disk)).toEqual({ kind: 'nothing_new' });
    expect(await follow(newer)).toEqual({ kind: 'nothing_new' });
  });

  it('what was published here stays where both changed the same line, and its path is told', async () => {
    const newer = withText(disk, (text) =>
      text.replace('choice.menu: { text: Về menu', 'choice.menu: { text: Mục lục'),
    );
    expect(await follow(newer)).toMatchObject({ kind: 'taken', left: [VI] });
    expect(await textOf(VI)).toContain('choice.menu: { text: Về đầu trang');
  });

  it('files with faults are not taken, and people go on with what they had', async () => {
    const before = await readCurrentRelease(database.pool);
    const broken = withText(disk, () => 'id: [', 'flows/thanks.yaml');
    expect(await follow(broken)).toMatchObject({ kind: 'not_taken' });
    expect(await readCurrentRelease(database.pool)).toEqual(before);
  });
});

describe('an instance', () => {
  it('takes over what was published elsewhere without a restart, and keeps the last one when it does not load', async () => {
    const hub = await createLiveHub({ pool: database.pool, connectionString: database.url, log });
    const [one, two] = [await open(), await open()];
    const stops = [await followReleases(one, hub, log), await followReleases(two, hub, log)];
    try {
      const heard = [one, two].map(
        (live) => new Promise<number>((resolve) => live.onChange(({ number }) => resolve(number))),
      );
      const wanted = await release(
        'content/lessons/dormitory/vi.md',
        `${await textOf('content/lessons/dormitory/vi.md')}\n`,
      );
      expect(await Promise.all(heard)).toEqual([wanted, wanted]);

      const before = one.now();
      await release('flows/thanks.yaml', 'id: [');
      await one.follow();
      expect(one.now()).toBe(before);
      expect(one.state()).toEqual({ number: wanted, fault: 'release_does_not_load' });
      // started now, there is nothing to keep: the files of the software are better than no answer
      const late = await open();
      expect(late.state()).toEqual({ number: 0, fault: 'release_does_not_load' });
      expect(late.now().assets.flows.has('thanks')).toBe(true);

      const mended = await release(
        'flows/thanks.yaml',
        disk.find(({ path }) => path === 'flows/thanks.yaml')?.text ?? '',
      );
      await Promise.all([one.follow(), late.follow()]);
      expect([one.state(), late.state()]).toEqual([
        { number: mended, fault: null },
        { number: mended, fault: null },
      ]);
    } finally {
      for (const stop of stops) stop();
      await hub.close();
    }
  });
});
