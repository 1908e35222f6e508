/** Lines up the words of the last messages for the safety scan. */
import type { EmojiSet } from '../understand/emoji.ts';
import { normalise } from '../understand/normalise.ts';
import { type ScanToken, spellingKey } from './lexicon.ts';

const PUNCTUATION = /[.,;:!?…()[\]"«»“”。，！？។]/;
const ASCII = /^[ -~\s]*$/;
/** Above this share of words with diacritics the person writes with them, so "danh" is not "đánh". */
const SPELT_SHARE = 0.55;
const MIN_WORDS_TO_JUDGE = 4;

/** The words of all texts in one row; each text starts open, so that a phrase may run over two fragments. */
export function lineUp(texts: readonly string[], emoji: EmojiSet): ScanToken[] {
  return texts.flatMap((raw, textIndex) => {
    const { tokens } = normalise(raw, emoji);
    const withMarks = tokens.filter((token) => !ASCII.test(raw.slice(token.start, token.end))).length;
    const isSpelt = tokens.length >= MIN_WORDS_TO_JUDGE && withMarks / tokens.length > SPELT_SHARE;
    return tokens.map((token, at) => {
      const before = tokens[at - 1];
      return {
        ...token,
        textIndex,
        key: spellingKey(token.text),
        bare: !isSpelt && ASCII.test(token.text),
        closed:
          before !== undefined && token.breakBefore && PUNCTUATION.test(raw.slice(before.end, token.start)),
      };
    });
  });
}
