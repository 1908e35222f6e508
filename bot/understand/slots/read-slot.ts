/** The door to typed answers: free text in, one value of the asked type out, or `not_read`. */
import type { Province } from '../../content/provinces.ts';
import type { Country } from '../../content/registers.ts';
import { readDate } from './date.ts';
import { type MoneyAnswer, readMoney } from './money.ts';
import { readNumber } from './number.ts';
import { readPhone } from './phone.ts';
import { type PlaceAnswer, readPlace } from './place.ts';
import { readProvince } from './province.ts';
import type { SlotRead } from './slot-read.ts';

export { readDate, readMoney, readNumber, readPhone, readPlace, readProvince };
export type { MoneyAnswer, PlaceAnswer, SlotRead };

/** What an answer may be read as. */
export const SLOT_TYPES = ['number', 'money', 'date', 'phone', 'province', 'place'] as const;
export type SlotType = (typeof SLOT_TYPES)[number];

/** What the readers look things up in. */
export interface SlotFacts {
  /** any instant of today */
  today: Date;
  provinces: readonly Province[];
  countries: readonly Country[];
}

/** Reads an answer as `type`; the value is what the reader of that type gives. Never throws. */
export function readSlot(
  type: SlotType,
  text: string,
  facts: SlotFacts,
): SlotRead<number | string | MoneyAnswer | PlaceAnswer> {
  switch (type) {
    case 'number':
      return readNumber(text);
    case 'money':
      return readMoney(text);
    case 'date':
      return readDate(text, facts.today);
    case 'phone':
      return readPhone(text);
    case 'province':
      return readProvince(facts.provinces, text);
    case 'place':
      return readPlace(facts.provinces, facts.countries, text);
  }
}
