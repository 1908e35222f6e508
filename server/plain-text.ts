/** What staff type into fields: text and nothing that pretends to be something else. */
import { z } from 'zod';

/** control characters, those without width, and those that turn the direction of what stands beside them */
const HIDDEN = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/** @param max UTF-16 units, after the ends are trimmed; lines may break */
export function plainText(max: number) {
  return z
    .string()
    .trim()
    .max(max)
    .refine((text) => !HIDDEN.test(text.replaceAll('\n', ' ')), 'plain_text');
}
