/** The key file of the embedded set-up: made once, readable by its owner only. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { AppError } from './errors.ts';
import { type EncryptionKey, parseEncryptionKeys } from './vault.ts';

/**
 * @returns the keys, and whether the file was made now (then the operator must be told to keep a copy)
 * @throws AppError `config_invalid` when the file is broken, `data_dir_unusable` when it cannot be written
 */
export function loadOrCreateKeys(dataDir: string): {
  keys: readonly EncryptionKey[];
  file: string;
  isNew: boolean;
} {
  const file = path.join(dataDir, 'encryption-keys');
  const isNew = !existsSync(file);
  if (isNew) writeNewKey(dataDir, file);
  const parsed = parseEncryptionKeys(readFileSync(file, 'utf8').trim());
  if (!parsed.ok) throw new AppError('config_invalid', `(${file}: ${parsed.fault})`);
  return { keys: parsed.keys, file, isNew };
}

/** For tools: makes nothing. @returns null when there is no file. @throws AppError `config_invalid` when it is broken */
export function readKeys(dataDir: string): readonly EncryptionKey[] | null {
  const file = path.join(dataDir, 'encryption-keys');
  return existsSync(file) ? loadOrCreateKeys(dataDir).keys : null;
}

function writeNewKey(dataDir: string, file: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    // `wx`: two starts at once must not each make a key
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, `k1:${randomBytes(32).toString('base64')}\n`);
    fsyncSync(handle);
    closeSync(handle);
    chmodSync(file, 0o600);
  } catch (cause) {
    if (existsSync(file)) return;
    throw new AppError('data_dir_unusable', `(${dataDir})`, { cause });
  }
}
