/** Takes any answer to "where?" as it was said, with the country and the province where they can be told. */
import type { Province } from '../../content/provinces.ts';
import { type Country, findCountry } from '../../content/registers.ts';
import { plain } from '../choices.ts';
import { findProvinces } from './province.ts';
import { MAX_ANSWER_UTF16, NOT_READ, onlyOne, read, type SlotRead } from './slot-read.ts';

export interface PlaceAnswer {
  /** ISO 3166-1 alpha-2; null when none is named, or Vietnam and another country both are */
  country: string | null;
  /** id of the province register; never set when `country` is not VN */
  province: string | null;
  /** what was said, NFC, single blanks, at most 8,000 UTF-16 units */
  said: string;
}

/**
 * "xưởng may ở Thuận An, Bình Dương", "bên cam", "nhà số 5 gần chợ". Always read unless there is neither letter nor digit.
 * Where a province and another country are both named ("quê Nghệ An, đang ở Lào") neither is decided.
 *
 * @param text as the person wrote it; never throws, linear in the length
 */
export function readPlace(
  provinces: readonly Province[],
  countries: readonly Country[],
  text: string,
): SlotRead<PlaceAnswer> {
  const said = text.slice(0, MAX_ANSWER_UTF16).toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (plain(said) === '') return NOT_READ;
  const found = findProvinces(provinces, said);
  const country = findCountry(countries, said);
  if (found.length === 0) return read({ country, province: null, said });
  if (country !== null && country !== 'VN') return read({ country: null, province: null, said });
  const province = onlyOne(found);
  return read({ country: 'VN', province: province.kind === 'read' ? province.value : null, said });
}
