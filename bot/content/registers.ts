/** Dated lists with sources: hotlines and countries. Which numbers may be shown, where, and until when. */
import { z } from 'zod';
import { fold } from '../understand/normalise.ts';

const IsoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date looks like 2026-11-22');

export const HotlineSchema = z.looseObject({
  id: z.string(),
  number: z.string().nullable(),
  name_vi: z.string(),
  name_en: z.string(),
  /** ISO 3166-1 alpha-2, or ANY: for a Vietnamese citizen anywhere abroad */
  country: z.string(),
  source: z.string(),
  source_date: z.string(),
  confidence: z.enum(['confirmed', 'single_source', 'general_knowledge']),
  display: z.enum(['primary', 'secondary', 'hold', 'retired']),
  /** the day the sources were read again */
  checked: IsoDate,
  /** from this day on the entry counts as `hold` */
  expires: IsoDate,
  /** as shown and dialled */
  shown: z.string().nullable().optional(),
  /** what stands after the number: who answers, cost, hours */
  label: z.strictObject({ vi: z.string(), en: z.string() }).optional(),
});
export type Hotline = z.infer<typeof HotlineSchema>;

export const HotlinesFileSchema = z.looseObject({ hotlines: z.array(HotlineSchema) });

export const CountrySchema = z.strictObject({
  code: z.string().regex(/^[A-Z]{2}$/),
  name: z.strictObject({ vi: z.string(), en: z.string() }),
  typed: z.array(z.string()),
});
export type Country = z.infer<typeof CountrySchema>;
export const CountriesFileSchema = z.strictObject({ countries: z.array(CountrySchema) });

/** True when the number may be given to somebody on `now`: marked for display, with a number, not past its expiry. */
export function mayShow(hotline: Hotline, now: Date): boolean {
  if (hotline.number === null || hotline.shown === null || hotline.shown === undefined) return false;
  if (hotline.display === 'hold' || hotline.display === 'retired') return false;
  return now.toISOString().slice(0, 10) < hotline.expires;
}

/** What stands for `[[id]]` of a hotline in a text; null when there is no such entry or it has no number to show. */
export function shownNumber(hotlines: ReadonlyMap<string, Hotline>, id: string): string | null {
  const hotline = hotlines.get(id);
  if (hotline === undefined || hotline.display === 'hold' || hotline.display === 'retired') return null;
  return hotline.shown ?? null;
}

/** The numbers everyone in Vietnam gets first, then those that are always right abroad. Order is the order of need. */
export const NUMBERS_IN_VIETNAM = ['vn-113', 'vn-111', 'vn-115'] as const;
export const NUMBERS_ABROAD = ['mofa-citizen-protection-1', 'mofa-citizen-protection-2'] as const;

/**
 * Entries to show to somebody in `country`. A short code works only inside its own country, so nothing of another country
 * is ever in the list; embassies come only while their check is fresh; the two numbers of the ministry always close it.
 */
export function hotlinesFor(
  hotlines: ReadonlyMap<string, Hotline>,
  country: string,
  now: Date,
): readonly Hotline[] {
  if (country === 'VN') return pick(hotlines, NUMBERS_IN_VIETNAM);
  const local = [...hotlines.values()].filter(
    (hotline) => hotline.country === country && mayShow(hotline, now),
  );
  return [...local, ...pick(hotlines, NUMBERS_ABROAD)];
}

/** Digits only; `+84…` as it is dialled inside Vietnam. */
function dialled(number: string): string {
  return number.replace(/\D/g, '').replace(/^84(?=\d{9,})/, '0');
}

/**
 * A number that was given out years ago and is no longer in use, found in what a person wrote ("1800 1567", "1800.15.67").
 * It is never shown as one to call: whoever names it is told the number of today.
 */
export function findRetired(hotlines: ReadonlyMap<string, Hotline>, text: string): Hotline | null {
  const runs = (text.match(/\+?\d(?:[ .\-]?\d){5,14}/g) ?? []).map(dialled);
  if (runs.length === 0) return null;
  const retired = [...hotlines.values()].filter(({ display }) => display === 'retired');
  return retired.find(({ number }) => number !== null && runs.includes(dialled(number))) ?? null;
}

/** The stable numbers are given even past their check date: somebody must always get a number. `check:content` reports it. */
function pick(hotlines: ReadonlyMap<string, Hotline>, ids: readonly string[]): readonly Hotline[] {
  return ids.map((id) => hotlines.get(id)).filter((hotline) => hotline !== undefined);
}

/** Folded names up to this long ("anh", "lao", "nhat") are also everyday words. */
const SHORT_NAME_LETTERS = 4;

/** ISO code of the country a short answer names, or null. Compares without case and diacritics, whole words. */
export function findCountry(countries: readonly Country[], text: string): string | null {
  const padded = ` ${words(text).replace(/ (?:a|ak|nha|nhe|do|day|roi|ne)$/, '')} `;
  let best: { code: string; length: number } | null = null;
  for (const country of countries) {
    for (const name of [country.name.vi, country.name.en, ...country.typed]) {
      const wanted = words(name);
      if (wanted === '' || !padded.includes(` ${wanted} `)) continue;
      // "anh", "lao", "cam" are everyday words too: believed only where a short answer ends with them
      if (wanted.length <= SHORT_NAME_LETTERS && !padded.endsWith(` ${wanted} `)) continue;
      if (best === null || wanted.length > best.length) best = { code: country.code, length: wanted.length };
    }
  }
  return best?.code ?? null;
}

function words(text: string): string {
  return fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
