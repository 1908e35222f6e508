/** Ids for rows and codes for screens. */
import { randomBytes, randomInt } from 'node:crypto';

/**
 * UUID version 7 (RFC 9562): the first 48 bits are the time in ms, the rest is random. Rows made together lie together in an
 * index, which keeps the cost of a message flat when there are millions.
 */
export function newUuid(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** no 0 O 1 I L U: read aloud over a bad line they are mistaken, or make words */
const CODE_LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `K7QM-2PRX`: what staff call a conversation by. Random, names nobody. 30^8 possibilities. */
export function newConversationCode(): string {
  const letters = Array.from({ length: 8 }, () => CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length))).join(
    '',
  );
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
