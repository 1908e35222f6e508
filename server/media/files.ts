/** Where sealed files lie: in DATA_DIR, or in a store that speaks S3. Names are random; what is in them opens with the vault only. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.ts';
import type { MediaPlace } from '../store/media.ts';

export interface MediaFiles {
  place: MediaPlace;
  /** Whole or not at all; durable when it returns. @throws AppError `media_store_failed` */
  put: (name: string, bytes: Buffer) => Promise<void>;
  /** @throws AppError `media_store_failed`, also when there is no such file */
  get: (name: string) => Promise<Buffer>;
  /** No such file is as good as deleted. @throws AppError `media_store_failed` */
  delete: (name: string) => Promise<void>;
}

/** 128 random bits: says nothing about whose it is, when it came, or what it shows. */
export function newFileName(): string {
  return randomBytes(16).toString('hex');
}

const NAME = /^[0-9a-f]{32}$/;

/** @throws RangeError for anything that is no name of ours: it would become part of a path */
export function checkName(name: string): string {
  if (!NAME.test(name)) throw new RangeError('no name of a file of ours');
  return name;
}

/** @param folder `DATA_DIR/media`; made when missing, readable by us only */
export function createDiskFiles(folder: string): MediaFiles {
  // 256 folders keep listings short with millions of files
  const folderOf = (name: string): string => path.join(folder, checkName(name).slice(0, 2));
  const fileOf = (name: string): string => path.join(folderOf(name), name);

  async function put(name: string, bytes: Buffer): Promise<void> {
    await mkdir(folderOf(name), { recursive: true, mode: 0o700 });
    const draft = `${fileOf(name)}.part`;
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, fileOf(name));
    await syncFolder(folderOf(name));
  }

  return {
    place: 'disk',
    put: (name, bytes) => guard(() => put(name, bytes)),
    get: (name) => guard(() => readFile(fileOf(name))),
    delete: (name) =>
      guard(async () => {
        // a try that was killed may have left a part of it
        await rm(`${fileOf(name)}.part`, { force: true });
        await rm(fileOf(name), { force: true });
      }),
  };
}

/** The name in the folder must be on disk too, or a power cut loses a file that the database counts as stored. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('media_store_failed', null, { cause });
  }
}
