/** The shape of a text once it can be compared: tokens with offsets into what the person really wrote. */

/** One word. `start`/`end` are UTF-16 offsets into `Normalised.raw`, end exclusive. */
export interface Token {
  /** lower case, NFC, repeated letters collapsed, abbreviation expanded ("k" → "không") */
  text: string;
  /** `text` without diacritics, đ → d */
  folded: string;
  start: number;
  end: number;
  /** true when a comma, full stop, line break or similar stands before this token */
  breakBefore: boolean;
}

export interface Normalised {
  /** exactly what the person wrote */
  raw: string;
  /** tokens in order; punctuation and emoji are not tokens */
  tokens: readonly Token[];
  /** folded tokens joined by one space: handy for phrase search */
  folded: string;
}

/** A place in `Normalised.raw`: UTF-16 offsets, end exclusive. */
export interface Span {
  start: number;
  end: number;
}
