/** What pictures say in words: only those that mean something for danger or for an answer. */
import { z } from 'zod';

/**
 * `alone`: says it also where nothing else is written. `beside`: read only next to words, where it adds to them; a message of
 * nothing but such pictures is a mood.
 */
const WEIGHTS = ['alone', 'beside'] as const;

export const EmojiSchema = z.strictObject({
  /** one picture as typed; variants of skin and colour are the same */
  sign: z.string().min(1),
  /** Vietnamese words it stands for, in small letters */
  says: z.string().regex(/^[\p{Ll}\p{M} ]+$/u, 'small letters and spaces only'),
  weight: z.enum(WEIGHTS),
  /** a sign of danger, else an answer ("👍"), which is read only when it stands alone */
  danger: z.boolean().default(false),
});
export type Emoji = z.infer<typeof EmojiSchema>;

export interface EmojiSet {
  readonly bySign: ReadonlyMap<string, Emoji>;
}

/** Without any file: the distress sign, which is never to be missed. */
export const DISTRESS_ONLY: EmojiSet = {
  bySign: new Map([['\u{1F198}', { sign: '\u{1F198}', says: 'sos', weight: 'alone', danger: true }]]),
};

/** @throws Error when a sign is listed twice or is no picture */
export function compileEmoji(list: readonly Emoji[]): EmojiSet {
  const bySign = new Map(DISTRESS_ONLY.bySign);
  const seen = new Set<string>();
  for (const emoji of list) {
    const sign = Array.from(emoji.sign)
      .filter((char) => !VARIANT.test(char))
      .join('');
    if (Array.from(sign).length !== 1 || !PICTURE.test(sign))
      throw new Error(`emoji "${emoji.sign}": write one picture without others joined to it`);
    if (seen.has(sign)) throw new Error(`emoji ${emoji.sign}: is listed twice`);
    seen.add(sign);
    bySign.set(sign, emoji);
  }
  return { bySign };
}

/** Skin tones and the sign that asks for a coloured picture. */
const VARIANT = /[\u{1F3FB}-\u{1F3FF}\uFE0E\uFE0F\u200D]/u;
const PICTURE = /\p{Extended_Pictographic}/u;
/** A wall of pictures says no more than its first ones. */
const MOST_READ = 8;

/** What a message of nothing but pictures says, each once; null when none of them says anything alone. */
export function saidByEmoji(set: EmojiSet, text: string): string | null {
  const said = new Set<string>();
  for (const char of text) {
    const emoji = set.bySign.get(char);
    if (emoji?.weight === 'alone') said.add(emoji.says);
    if (said.size >= MOST_READ) break;
  }
  return said.size === 0 ? null : [...said].join(', ');
}
