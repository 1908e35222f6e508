import { describe, expect, it } from '@jest/globals';
import { createCipheriv, randomBytes } from 'node:crypto';
import { createVault, parseEncryptionKeys } from '../../server/vault.ts';

const KEYS = [
  { id: 'new', key: randomBytes(32) },
  { id: 'old', key: randomBytes(32) },
];
const vault = createVault(KEYS);

function flip(sealed: Buffer, at: number): Buffer {
  const changed = Buffer.from(sealed);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

describe('the vault', () => {
  it('opens what it sealed, and says nothing of its length below 256 bytes', async () => {
    const key = await vault.newKey();
    const short = vault.seal(key, 'p', { text: 'có' });
    const long = vault.seal(key, 'p', { text: 'một câu chuyện dài hơn nhiều' });
    expect(vault.open(key, 'p', short)).toEqual({ text: 'có' });
    expect(long).toHaveLength(short.length);
    expect(vault.seal(key, 'p', { text: 'có' })).not.toEqual(short);
  });

  it('opens nothing that was moved, changed, cut or sealed by another key', async () => {
    const key = await vault.newKey();
    const sealed = vault.seal(key, 'messages|body_enc|1|c', 'x');
    const refused = { code: 'sealed_value_unreadable' };
    const tries: [string, () => unknown][] = [
      ['another row', () => vault.open(key, 'messages|body_enc|2|c', sealed)],
      ['a cut tag', () => vault.open(key, 'messages|body_enc|1|c', sealed.subarray(0, -12))],
      ['nothing', () => vault.open(key, 'messages|body_enc|1|c', Buffer.alloc(0))],
      ...[0, 5, 40, sealed.length - 1].map((at): [string, () => unknown] => [
        `bit ${at}`,
        () => vault.open(key, 'messages|body_enc|1|c', flip(sealed, at)),
      ]),
    ];
    for (const [what, attempt] of tries)
      expect({ what, thrown: catchError(attempt) }).toMatchObject({ thrown: refused });
    const other = await vault.newKey();
    expect(catchError(() => vault.open(other, 'messages|body_enc|1|c', sealed))).toMatchObject(refused);
  });

  it('opens the bytes of a file it sealed, of any length, and tells little of their number', async () => {
    const key = await vault.newKey();
    for (const length of [0, 1, 65_532, 65_533, 300_000]) {
      const bytes = randomBytes(length);
      const sealed = vault.sealBytes(key, 'media|file|1|c', bytes);
      expect(vault.openBytes(key, 'media|file|1|c', sealed)).toEqual(bytes);
      // version, nonce and tag around whole blocks
      expect((sealed.length - 29) % 65_536).toBe(0);
    }
  });

  it('opens no file that was moved, changed, cut or is nothing', async () => {
    const key = await vault.newKey();
    const sealed = vault.sealBytes(key, 'media|file|1|c', Buffer.from('x'));
    const tries = [
      () => vault.openBytes(key, 'media|file|2|c', sealed),
      () => vault.openBytes(key, 'media|file|1|c', flip(sealed, 40)),
      () => vault.openBytes(key, 'media|file|1|c', sealed.subarray(0, -1)),
      () => vault.openBytes(key, 'media|file|1|c', Buffer.alloc(0)),
    ];
    for (const attempt of tries)
      expect(catchError(attempt)).toMatchObject({ code: 'sealed_value_unreadable' });
  });

  it('refuses a tag of four bytes even when it fits', async () => {
    const key = await vault.newKey();
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', randomBytes(32), nonce, { authTagLength: 4 });
    const forged = Buffer.concat([
      Buffer.from([1]),
      nonce,
      cipher.update('x'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    expect(catchError(() => vault.open(key, 'p', forged))).toMatchObject({ code: 'sealed_value_unreadable' });
  });

  it('opens with an older key, and says which key is missing', async () => {
    const old = createVault(KEYS.slice(1));
    const key = await old.newKey();
    const sealed = old.seal(key, 'p', 1);
    expect(vault.open(key, 'p', sealed)).toBe(1);
    const fresh = await vault.newKey();
    expect(catchError(() => old.seal(fresh, 'p', 1))).toMatchObject({
      code: 'encryption_key_missing',
      detail: '(id new)',
    });
  });

  it('hashes alike after a new key was put in front, and unlike for another purpose', () => {
    const before = createVault(KEYS.slice(1));
    expect(vault.hash('a', 'x')).toEqual(before.hash('a', 'x'));
    expect(vault.hash('a', 'x')).not.toEqual(vault.hash('b', 'x'));
    expect(createVault(KEYS.slice(0, 1)).hash('a', 'x')).not.toEqual(vault.hash('a', 'x'));
  });

  it.each([
    ['', 'needs an id'],
    ['k1', 'is not 32 bytes'],
    [`k1:${randomBytes(31).toString('base64')}`, 'is not 32 bytes'],
    [`K 1:${randomBytes(32).toString('base64')}`, 'needs an id'],
    [`k1:${Buffer.alloc(32).toString('base64')}`, 'is not random'],
    [`k1:${randomBytes(32).toString('base64')},k1:${randomBytes(32).toString('base64')}`, 'twice'],
  ])('refuses the keys %j', (text, fault) => {
    expect(parseEncryptionKeys(text)).toEqual({ ok: false, fault: expect.stringContaining(fault) });
  });
});

function catchError(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}
