/** Both stores keep the same promises: whole or not at all, gone when deleted, a clear code when the store is not there. */
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttpClient } from '../../../server/http.ts';
import { createDiskFiles, newFileName } from '../../../server/media/files.ts';
import { createS3Files } from '../../../server/media/s3.ts';
import { type FakeS3, startFakeS3 } from '../../support/fake-s3.ts';

let folder: string;
let fake: FakeS3;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hoi-truoc-files-'));
  fake = await startFakeS3();
});
afterAll(async () => {
  await fake.close();
  await rm(folder, { recursive: true, force: true });
});

const onDisk = () => createDiskFiles(path.join(folder, 'media'));
const inS3 = (over: { secretKey?: string } = {}) =>
  createS3Files({
    ...{ ...fake.account, ...over, endpoint: fake.endpoint },
    http: createHttpClient({ allowedBases: [fake.endpoint] }),
  });
const BYTES = Buffer.from([0, 1, 2, 255, 254]);

describe.each([
  ['the disk', onDisk],
  ['an S3-like store', inS3],
] as const)('%s', (_name, make) => {
  it('gives back what was put, until it is deleted', async () => {
    const files = make();
    const name = newFileName();
    await files.put(name, BYTES);
    expect(await files.get(name)).toEqual(BYTES);
    await files.delete(name);
    await expect(files.get(name)).rejects.toMatchObject({ code: 'media_store_failed' });
  });

  it('deletes what is not there without complaint: it may be asked twice', async () => {
    await expect(make().delete(newFileName())).resolves.toBeUndefined();
  });

  it.each(['', '../../etc/passwd', 'a'.repeat(31), 'A'.repeat(32), `${'a'.repeat(32)}/x`])(
    'takes no name that is not ours: "%s"',
    async (name) => {
      await expect(make().put(name, BYTES)).rejects.toThrow();
      await expect(make().get(name)).rejects.toThrow();
      await expect(make().delete(name)).rejects.toThrow();
    },
  );
});

describe('the disk', () => {
  it('shows nobody else anything, and names tell nothing', async () => {
    const name = newFileName();
    await onDisk().put(name, BYTES);
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    const file = path.join(folder, 'media', name.slice(0, 2), name);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await stat(path.dirname(file))).mode & 0o077).toBe(0);
  });

  it('deletes the half of a file that was left by a crash', async () => {
    const name = newFileName();
    await onDisk().put(name, BYTES);
    const near = path.join(folder, 'media', name.slice(0, 2));
    await writeFile(path.join(near, `${name}.part`), 'half');
    await onDisk().delete(name);
    expect((await readdir(near)).filter((one) => one.startsWith(name))).toEqual([]);
  });

  it('says a code, and no path, when it cannot be written', async () => {
    const blocked = path.join(folder, 'blocked');
    await writeFile(blocked, 'a file where a folder should be');
    await chmod(blocked, 0o600);
    const failure = await createDiskFiles(blocked)
      .put(newFileName(), BYTES)
      .catch((error: unknown) => error);
    expect(String(failure)).toMatch(/S3 store/);
    expect(String(failure)).not.toContain(folder);
    expect(await readFile(blocked, 'utf8')).toMatch(/a file/);
  });
});

describe('an S3-like store', () => {
  it('gets requests whose signature it can check, body included', async () => {
    fake.problems.length = 0;
    const name = newFileName();
    await inS3().put(name, Buffer.alloc(3_000_000, 7));
    expect((await inS3().get(name)).length).toBe(3_000_000);
    expect([...fake.objects.keys()]).toContain(`${fake.account.bucket}/${name}`);
    expect(fake.problems).toEqual([]);
  });

  it('is asked once more when it stumbles', async () => {
    const name = newFileName();
    fake.failNext(503);
    await inS3().put(name, BYTES);
    expect(await inS3().get(name)).toEqual(BYTES);
  });

  it.each([
    ['stays out of order', [503, 503], {}, 's3_503'],
    ['does not know our key', [], { secretKey: 'another-key-of-a-test' }, 's3_403'],
  ] as const)('that %s gives a code, without what it said', async (_name, statuses, over, code) => {
    fake.failNext(...statuses);
    const name = newFileName();
    const failure = await inS3(over)
      .put(name, BYTES)
      .catch((error: unknown) => error);
    expect(String(failure)).toContain(code);
    expect(String(failure)).not.toMatch(new RegExp(`${name}|Resource|another-key`));
  });
});
