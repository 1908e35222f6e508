/** Marks the words that are a reason, without letting overlapping reasons break the text. */

export interface Piece {
  text: string;
  marked: boolean;
}

/** @param spans in UTF-16 units; what lies outside the text or is empty is left out */
export function cutAtSpans(text: string, spans: readonly { start: number; end: number }[]): Piece[] {
  const valid = spans
    .filter((span) => span.start >= 0 && span.end > span.start && span.start < text.length)
    .toSorted((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end } of valid) {
    const from = Math.max(start, at);
    const to = Math.min(end, text.length);
    if (to <= from) continue;
    const last = pieces.at(-1);
    if (from > at) pieces.push({ text: text.slice(at, from), marked: false });
    if (from === at && last?.marked === true) last.text += text.slice(from, to);
    else pieces.push({ text: text.slice(from, to), marked: true });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}
