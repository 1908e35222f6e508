/** Which language a text is in as far as its script says so: for the scripts that people in Vietnam and next to it write. */

/** Ranges of Unicode blocks, with the ISO 639 code of the language that is written in them here. */
const SCRIPTS: readonly { language: string; from: number; to: number }[] = [
  { language: 'th', from: 0x0e00, to: 0x0e7f },
  { language: 'lo', from: 0x0e80, to: 0x0eff },
  { language: 'my', from: 0x1000, to: 0x109f },
  { language: 'km', from: 0x1780, to: 0x17ff },
  { language: 'ja', from: 0x3040, to: 0x30ff },
  { language: 'zh', from: 0x3400, to: 0x9fff },
  { language: 'my', from: 0xaa60, to: 0xaa7f },
  { language: 'cjm', from: 0xaa00, to: 0xaa5f },
  { language: 'blt', from: 0xaa80, to: 0xaadf },
  { language: 'ko', from: 0xac00, to: 0xd7af },
];

/** Fewer letters are a name, an ornament, a slip of the finger. */
const FEWEST_LETTERS = 3;
/** A word of another script inside a Vietnamese sentence is a quotation. */
const LEAST_SHARE = 0.6;
/** Japanese is written with Chinese characters too; a few kana among them tell it apart. */
const KANA_SHARE = 0.1;
/** As much is enough to see a script. */
const MOST_READ_UTF16 = 400;

/** ISO 639 code of the language, or null when the script is Latin, unknown or mixed. */
export function languageByScript(text: string): string | null {
  const counts = new Map<string, number>();
  let letters = 0;
  for (const char of text.slice(0, MOST_READ_UTF16)) {
    if (!/[\p{L}\p{M}]/u.test(char)) continue;
    letters += 1;
    const code = char.codePointAt(0) ?? 0;
    const language = SCRIPTS.find(({ from, to }) => code >= from && code <= to)?.language;
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const kana = counts.get('ja') ?? 0;
  if (kana > 0 && kana >= letters * KANA_SHARE) {
    counts.set('ja', kana + (counts.get('zh') ?? 0));
    counts.delete('zh');
  }
  let language = '';
  let most = 0;
  for (const [one, count] of counts)
    if (count > most) {
      language = one;
      most = count;
    }
  return most >= FEWEST_LETTERS && most >= letters * LEAST_SHARE ? language : null;
}
