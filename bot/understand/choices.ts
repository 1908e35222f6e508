/** Matches a typed answer to the choices on screen: number, label, label without diacritics, other ways people type it. */
import { fold } from './normalise.ts';

export interface OfferedChoice {
  id: string;
  label: string;
  typed: readonly string[];
}

/**
 * @returns the id of the choice meant, or null. A number counts from 1 in the order shown ("1", "1.", "số 2", "(3)").
 *   A label matches whole, without case, diacritics and punctuation; diacritics decide when two labels fold to the same.
 */
export function matchChoice(choices: readonly OfferedChoice[], text: string): string | null {
  const number = readNumber(text);
  if (number !== null) return choices[number - 1]?.id ?? null;
  const exact = plain(text.toLowerCase().normalize('NFC'));
  const folded = plain(fold(text));
  if (folded === '') return null;
  const same = (wanted: string, transform: (value: string) => string, given: string): boolean =>
    plain(transform(wanted)) === given;
  const byText = choices.find((choice) =>
    [choice.label, ...choice.typed].some((way) =>
      same(way, (value) => value.toLowerCase().normalize('NFC'), exact),
    ),
  );
  if (byText !== undefined) return byText.id;
  const byFold = choices.filter((choice) =>
    [choice.label, ...choice.typed].some((way) => same(way, fold, folded)),
  );
  return byFold.length === 1 ? (byFold[0]?.id ?? null) : null;
}

function readNumber(text: string): number | null {
  const match =
    /^\s*(?:số|so|câu|cau|chọn|chon|mục|muc|option|number|no\.?)?\s*[([]?\s*(\d{1,2})\s*[)\].:,!]*\s*$/iu.exec(
      text.normalize('NFC'),
    );
  return match === null ? null : Number(match[1]);
}

/** letters and digits only, single spaces */
export function plain(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim();
}
