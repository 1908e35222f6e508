/** Seals what is personal: AES-256-GCM with a key per conversation, which is itself wrapped by a key from ENCRYPTION_KEYS. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  randomFillSync,
} from 'node:crypto';
import { AppError } from './errors.ts';
import type { Vault } from './ports.ts';

export interface EncryptionKey {
  /** written into what it wraps; 1 to 16 of a-z 0-9 - */
  id: string;
  /** 32 bytes */
  key: Buffer;
}

const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** sizes tell what was written ("có" or a long story): round them up */
const BLOCK_BYTES = 256;
/** the same for files: a photo and a long video look different, two photos do not */
const FILE_BLOCK_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;
const CIPHER = 'aes-256-gcm';
const MAX_REMEMBERED_KEYS = 5_000;

export type KeysResult = { ok: true; keys: readonly EncryptionKey[] } | { ok: false; fault: string };

/** Reads `id:base64key,id2:base64key2`. Faults never repeat a key. */
export function parseEncryptionKeys(text: string): KeysResult {
  const keys = text.split(',').map((part) => {
    const [id = '', encoded = ''] = part.trim().split(':');
    return { id, key: Buffer.from(encoded, 'base64'), encoded };
  });
  for (const [index, { id, key, encoded }] of keys.entries()) {
    const place = `entry ${index + 1}`;
    if (!/^[a-z0-9-]{1,16}$/.test(id))
      return { ok: false, fault: `${place} needs an id of 1 to 16 of a-z 0-9 - before ":"` };
    if (key.length !== KEY_BYTES || key.toString('base64') !== encoded) {
      return { ok: false, fault: `${place} (${id}) is not 32 bytes in base64` };
    }
    if (new Set(key).size < 8) return { ok: false, fault: `${place} (${id}) is not random` };
    if (keys.findIndex((other) => other.id === id) !== index)
      return { ok: false, fault: `the id ${id} is there twice` };
  }
  return { ok: true, keys: keys.map(({ id, key }) => ({ id, key })) };
}

/**
 * @param keys first = wraps new conversation keys, all = unwrap, last = keys the look-up hashes (so that putting a new key in
 * front changes no hash)
 * @throws RangeError when there is no key
 */
export function createVault(keys: readonly EncryptionKey[]): Vault {
  const current = keys[0];
  const oldest = keys.at(-1);
  if (current === undefined || oldest === undefined) throw new RangeError('a vault needs a key');
  const byId = new Map(keys.map((key) => [key.id, createSecretKey(key.key)]));
  const currentKey = createSecretKey(current.key);
  const unwrapped = new Map<string, KeyObject>();
  // as a key object: from plain bytes each hash would take six times as long
  const hashKey = createSecretKey(
    Buffer.from(hkdfSync('sha256', oldest.key, '', 'hoi-truoc look-up hash', KEY_BYTES)),
  );
  const nextNonce = createNonces();

  /** Keys in use are remembered: a turn seals and opens about ten values with the same one. */
  function unwrap(wrapped: Buffer): KeyObject {
    const name = wrapped.toString('latin1');
    const known = unwrapped.get(name);
    if (known !== undefined) return known;
    const idLength = wrapped[1] ?? 0;
    const id = wrapped.subarray(2, 2 + idLength).toString('utf8');
    const key = byId.get(id);
    if (wrapped[0] !== VERSION || key === undefined)
      throw new AppError('encryption_key_missing', `(id ${id.slice(0, 16)})`);
    const opened = createSecretKey(decrypt(key, `key|${id}`, wrapped.subarray(2 + idLength)));
    if (unwrapped.size >= MAX_REMEMBERED_KEYS) unwrapped.clear();
    unwrapped.set(name, opened);
    return opened;
  }

  return {
    newKey: () => {
      const id = Buffer.from(current.id);
      const sealed = encrypt(currentKey, nextNonce(), `key|${current.id}`, randomBytes(KEY_BYTES));
      return Promise.resolve(Buffer.concat([Buffer.from([VERSION, id.length]), id, sealed]));
    },
    seal: (wrappedKey, place, value) => {
      const text = JSON.stringify(value ?? null);
      const length = Buffer.byteLength(text);
      const size = Math.ceil((LENGTH_BYTES + length) / BLOCK_BYTES) * BLOCK_BYTES;
      const padded = Buffer.allocUnsafe(size).fill(0, LENGTH_BYTES + length);
      padded.writeUInt32BE(length);
      padded.write(text, LENGTH_BYTES);
      return encrypt(unwrap(wrappedKey), nextNonce(), place, padded, [VERSION]);
    },
    open: (wrappedKey, place, sealed) => {
      if (sealed[0] !== VERSION) throw unreadable(place);
      const padded = decrypt(unwrap(wrappedKey), place, sealed.subarray(1));
      const opened: unknown = JSON.parse(unpad(padded).toString('utf8'));
      return opened;
    },
    sealBytes: (wrappedKey, place, bytes) =>
      encrypt(unwrap(wrappedKey), nextNonce(), place, pad(bytes, FILE_BLOCK_BYTES), [VERSION]),
    openBytes: (wrappedKey, place, sealed) => {
      if (sealed[0] !== VERSION) throw unreadable(place);
      return unpad(decrypt(unwrap(wrappedKey), place, sealed.subarray(1)));
    },
    hash: (purpose, value) => createHmac('sha256', hashKey).update(`${purpose}\0${value}`).digest(),
  };
}

/** Random bytes are fetched for many nonces at once: asking for twelve costs as much as asking for thousands. */
function createNonces(): () => Buffer {
  const bytes = Buffer.alloc(NONCE_BYTES * 512);
  let used = bytes.length;
  return () => {
    if (used === bytes.length) {
      randomFillSync(bytes);
      used = 0;
    }
    used += NONCE_BYTES;
    return bytes.subarray(used - NONCE_BYTES, used);
  };
}

function pad(bytes: Buffer, blockBytes: number): Buffer {
  const padded = Buffer.alloc(Math.ceil((LENGTH_BYTES + bytes.length) / blockBytes) * blockBytes);
  padded.writeUInt32BE(bytes.length);
  bytes.copy(padded, LENGTH_BYTES);
  return padded;
}

function unpad(padded: Buffer): Buffer {
  return padded.subarray(LENGTH_BYTES, LENGTH_BYTES + padded.readUInt32BE());
}

/** @returns `head`, nonce, ciphertext, tag */
function encrypt(
  key: KeyObject,
  nonce: Buffer,
  place: string,
  plain: Buffer,
  head: readonly number[] = [],
): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bind(place));
  const sealed = Buffer.allocUnsafe(head.length + NONCE_BYTES + plain.length + TAG_BYTES);
  sealed.set(head);
  sealed.set(nonce, head.length);
  // a stream cipher: nothing is left for the end but the tag
  sealed.set(cipher.update(plain), head.length + NONCE_BYTES);
  cipher.final();
  sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES);
  return sealed;
}

function decrypt(key: KeyObject, place: string, sealed: Buffer): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw unreadable(place);
  // the length is said here, so a shortened tag is refused instead of being easier to guess
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bind(place));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    decipher.final();
    return plain;
  } catch (cause) {
    throw unreadable(place, cause);
  }
}

function bind(place: string): Buffer {
  return Buffer.from(`${VERSION}|${place}`);
}

function unreadable(place: string, cause?: unknown): AppError {
  return new AppError('sealed_value_unreadable', `(${place.split('|').slice(0, 2).join('.')})`, { cause });
}
