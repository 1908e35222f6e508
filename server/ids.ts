/** Ids for rows and codes for screens. */
import { randomInt, randomUUID } from 'node:crypto';

/**
 * UUID version 7 (RFC 9562): the first 48 bits are the time in ms, the rest is random. Rows made together lie together in an
 * index, which keeps the cost of a message flat when there are millions.
 */
export function newUuid(nowMs: number = Date.now()): string {
  const time = Math.floor(nowMs).toString(16).padStart(12, '0');
  // version 4 says its version in one digit and has the variant and 74 random bits where version 7 has them
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
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
