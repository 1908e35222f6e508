/** Joins the stores of files the configuration asks for, and opens what lies in them. */
import path from 'node:path';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { createHttpClient } from '../http.ts';
import type { Vault } from '../ports.ts';
import type { StoredMedia } from '../store/media.ts';
import { placeMediaFile } from '../store/places.ts';
import { createDiskFiles, type MediaFiles } from './files.ts';
import { createS3Files } from './s3.ts';

/** The first takes what comes. The disk stays readable after a change to S3, so that nothing has to be moved. */
export function openFiles(
  config: Pick<Config, 'dataDir' | 'mediaS3'>,
): readonly [MediaFiles, ...MediaFiles[]] {
  const disk = createDiskFiles(path.join(config.dataDir, 'media'));
  if (config.mediaS3 === undefined) return [disk];
  const http = createHttpClient({ allowedBases: [config.mediaS3.endpoint] });
  return [createS3Files({ ...config.mediaS3, http }), disk];
}

/** @throws AppError `media_store_failed` when it cannot be read, `sealed_value_unreadable` when it was changed */
export async function readMediaFile(
  files: readonly MediaFiles[],
  vault: Vault,
  media: StoredMedia,
): Promise<Buffer> {
  const store = files.find(({ place }) => place === media.place);
  if (store === undefined) throw new AppError('media_store_failed', `(${media.place} is not configured)`);
  const sealed = await store.get(media.name);
  return vault.openBytes(media.keyWrapped, placeMediaFile(media.id, media.conversationId), sealed);
}
