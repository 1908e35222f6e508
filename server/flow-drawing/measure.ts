/** Text in a drawing: how wide it will be, where it breaks, how it is written into XML. */

/** Widths of a plain sans-serif, as parts of the font size; rather too wide than too narrow, fonts differ. */
const NARROW = /[ijlIt.,:;'’|!()[\]{}\-/fr]/;
const WIDE = /[mwMW@%—…]/;
const UPPER = /[\p{Lu}\d_=<>+#&?]/u;

/** @returns estimated width of a line in `sizePx`, in px; no font is at hand here, so this is a careful guess */
export function widthOf(text: string, sizePx: number, isMono = false): number {
  let parts = 0;
  for (const character of text.normalize('NFC')) {
    if (isMono) parts += 0.62;
    else if (character === ' ') parts += 0.32;
    else if (NARROW.test(character)) parts += 0.4;
    else if (WIDE.test(character)) parts += 0.98;
    else if (UPPER.test(character)) parts += 0.72;
    // outside Latin, Greek and Cyrillic a sign may fill the whole square
    else parts += (character.codePointAt(0) ?? 0) > 0x2e80 ? 1.05 : 0.61;
  }
  return parts * sizePx;
}

/** Breaks a text at spaces, and inside a word only when it is wider than a line; at most `maxLines`, then an ellipsis. */
export function wrap(
  text: string,
  { widthPx, sizePx, isMono = false, maxLines = Infinity }: WrapOptions,
): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replace(/\s+/g, ' ').trim().split(' ')) {
    const pieces = breakWord(word, widthPx, sizePx, isMono);
    for (const [index, piece] of pieces.entries()) {
      const longer = line === '' ? piece : index === 0 ? `${line} ${piece}` : piece;
      if (line !== '' && (index > 0 || widthOf(longer, sizePx, isMono) > widthPx)) {
        lines.push(line);
        line = piece;
      } else line = longer;
    }
  }
  lines.push(line);
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  return [...kept.slice(0, -1), `${(kept.at(-1) ?? '').replace(/[\s,.;:–—-]+$/u, '')} …`];
}

export interface WrapOptions {
  widthPx: number;
  sizePx: number;
  isMono?: boolean;
  maxLines?: number;
}

function breakWord(word: string, widthPx: number, sizePx: number, isMono: boolean): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && widthOf(piece + character, sizePx, isMono) > widthPx) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Any text, as it may stand between tags and in attributes; signs that XML forbids become a visible mark. */
export function escapeXml(text: string): string {
  const allowed = text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return allowed.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
