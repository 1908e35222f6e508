/** Cuts a long text where a reader would pause, and never where a cut would change what it says. */

/** Below this a number or a short address could not stay whole. */
const MIN_PART_UTF16 = 20;

/**
 * Where a text may be cut, best place first. A match is the white space (or the empty place) after which the next part starts.
 * `atLeast`: how full a part must be for this kind of cut, as a share of the limit; keeps a short greeting from becoming a part
 * of its own. ។ and ៕ end a Khmer sentence, often without a space after them.
 */
const CUTS = [
  { after: /\n[^\S\n]*\n\s*/g, atLeast: 0.5 },
  { after: /\n\s*/g, atLeast: 0.5 },
  { after: /(?<=[.!?…។៕]["'”’)\]]*)\s+|(?<=[។៕])/g, atLeast: 0.5 },
  { after: /\s+/g, atLeast: 0.3 },
] as const;

/** What stays in one piece: web addresses, mail addresses, telephone numbers, amounts, dates. */
const WHOLE =
  /(?:https?:\/\/|www\.)\S+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![A-Za-z0-9-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:[/?#]\S*)?|\+?\(?\d(?:[ .,()/:–-]{0,2}\d)*/gi;

/**
 * Splits a text so that each part fits one message of the channel.
 * Breaks at paragraph, then line, sentence, space, word, grapheme; never inside a grapheme, a web address or a number,
 * unless that alone is longer than a part.
 *
 * @param maxUtf16 longest part, in UTF-16 units
 * @param language BCP 47, to find words in scripts without spaces
 * @returns parts in order; joined they give the text back. Only white space that would fill a part of its own is left out,
 *   so a blank text gives no part.
 * @throws RangeError if maxUtf16 < 20
 */
export function splitText(text: string, maxUtf16: number, language: string): readonly string[] {
  if (maxUtf16 < MIN_PART_UTF16) throw new RangeError(`maxUtf16 must be at least ${MIN_PART_UTF16}`);
  const isInside = text.length > maxUtf16 ? createInsideCheck(text) : () => false;
  const parts: string[] = [];
  let start = 0;
  while (text.length - start > maxUtf16) {
    const from = start;
    const cut = findCut(text.slice(from), maxUtf16, language, (at) => isInside(from + at));
    parts.push(text.slice(start, start + cut));
    start += cut;
  }
  parts.push(text.slice(start));
  return parts.filter((part) => !isBlank(part));
}

/** True when nothing of the text can be seen: white space, control and formatting characters only. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\p{Cf}]*$/u.test(text);
}

/** @returns where the first part of `rest` ends, 1 … maxUtf16 */
function findCut(
  rest: string,
  maxUtf16: number,
  language: string,
  isInside: (at: number) => boolean,
): number {
  // A little beyond the limit, so that the last word and the last grapheme are seen whole.
  const view = rest.slice(0, maxUtf16 + 64);
  const graphemes = new Intl.Segmenter(language, { granularity: 'grapheme' }).segment(view);
  const isEdge = (at: number) => graphemes.containing(at)?.index === at;
  const mayCut = (at: number) => isEdge(at) && !isInside(at);

  for (const { after, atLeast } of CUTS) {
    const cut = findLast(view, after, maxUtf16, mayCut);
    if (cut >= maxUtf16 * atLeast) return cut;
  }
  const words = new Intl.Segmenter(language, { granularity: 'word' }).segment(view);
  return (
    stepBack(words, maxUtf16, maxUtf16 * 0.3, mayCut) ??
    positive(findLast(view, /\s+/g, maxUtf16, mayCut)) ??
    stepBack(graphemes, maxUtf16, 1, mayCut) ??
    // What must stay whole is longer than a part: better cut it at a space or between graphemes than not send it.
    positive(findLast(view, /\s+/g, maxUtf16, isEdge)) ??
    stepBack(graphemes, maxUtf16, 1, isEdge) ??
    cutByForce(view, maxUtf16)
  );
}

/** @returns the last place at or before `limit` that ends a match, cut short at the limit; 0 when there is none */
function findLast(view: string, after: RegExp, limit: number, mayCut: (at: number) => boolean): number {
  let last = 0;
  for (const match of view.matchAll(after)) {
    if (match.index > limit) break;
    const end = Math.min(match.index + match[0].length, limit);
    if (end > last && mayCut(end)) last = end;
  }
  return last;
}

/** @returns the last edge of a segment at or before `limit` and not before `least` where a cut may be, or null */
function stepBack(
  segments: Intl.Segments,
  limit: number,
  least: number,
  mayCut: (at: number) => boolean,
): number | null {
  let at = segments.containing(limit)?.index ?? 0;
  while (at >= least && at > 0) {
    if (mayCut(at)) return at;
    at = segments.containing(at - 1)?.index ?? 0;
  }
  return null;
}

/** One grapheme fills the whole part (hundreds of stacked marks): only code points stay whole. */
function cutByForce(view: string, limit: number): number {
  const isLowSurrogate = /[\uDC00-\uDFFF]/.test(view.charAt(limit));
  const isHighSurrogate = /[\uD800-\uDBFF]/.test(view.charAt(limit - 1));
  return isLowSurrogate && isHighSurrogate ? limit - 1 : limit;
}

function positive(at: number): number | null {
  return at > 0 ? at : null;
}

/** @returns a check whether a place lies inside something that stays whole */
function createInsideCheck(text: string): (at: number) => boolean {
  const inside = new Uint8Array(text.length + 1);
  for (const match of text.matchAll(WHOLE)) inside.fill(1, match.index + 1, match.index + match[0].length);
  return (at) => inside[at] === 1;
}
