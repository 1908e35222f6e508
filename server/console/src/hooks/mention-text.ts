/** Which colleagues a note names: an @ and the whole name, so that what was typed by hand and what was chosen are the same. */

export interface Nameable {
  id: string;
  displayName: string;
  mayRead: boolean;
}

/** One stretch of the text; `named` when it is an @ and a name. */
export interface Piece {
  text: string;
  named: boolean;
}

/**
 * @param chosen ids that were picked from the list: of two colleagues with one name, these are meant
 * @returns ids, each once, in the order of the text
 */
export function findNamed(
  text: string,
  colleagues: readonly Nameable[],
  chosen: ReadonlySet<string>,
): string[] {
  const names = [...new Set(colleagues.map(({ displayName }) => displayName))];
  const ids = cutAtNames(text, names).flatMap((piece) => {
    if (!piece.named) return [];
    const same = colleagues.filter(({ displayName }) => `@${displayName}` === piece.text);
    const meant = same.filter(({ id }) => chosen.has(id));
    if (meant.length > 0) return meant.map(({ id }) => id);
    const readers = same.filter(({ mayRead }) => mayRead);
    // of whom none may read, the server tells the first by name
    return (readers.length > 0 ? readers : same.slice(0, 1)).map(({ id }) => id);
  });
  return [...new Set(ids)];
}

/** @returns the text in pieces; joined they give it back. A name counts behind a beginning or a space, and where no letter follows. */
export function cutAtNames(text: string, names: readonly string[]): readonly Piece[] {
  // the longest first: "@Lan Anh" does not name Lan
  const longest = [...names].sort((a, b) => b.length - a.length);
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (at < from || (at > 0 && !/[\s([{"'“‘,;:/-]/.test(text.charAt(at - 1)))) continue;
    const name = longest.find(
      (one) => text.startsWith(one, at + 1) && !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(at + 1 + one.length)),
    );
    if (name === undefined) continue;
    if (at > from) pieces.push({ text: text.slice(from, at), named: false });
    pieces.push({ text: text.slice(at, at + 1 + name.length), named: true });
    from = at + 1 + name.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), named: false });
  return pieces;
}
