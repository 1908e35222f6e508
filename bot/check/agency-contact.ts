/** Compares the numbers and sites an offer gives with those the register has for the firm it names. */
import { findPhones } from '../understand/slots/phone.ts';
import type { AgencyContact, AgencyRow } from './offer.ts';

/** A number of the register was read again and is answered by the firm: only then may it be compared and named. */
export const CHECKED_PHONE = 'checked';

const SITE = /(?<![\p{L}\p{N}@.-])(?:https?:\/\/)?((?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12})(?![\p{L}\p{N}])/giu;
const MAIL = /[\p{L}\p{N}._-]{1,60}@[a-z0-9.-]{3,60}/giu;
/** Everybody writes there; the address of the page says nothing about who it belongs to. */
const SHARED_SITES: ReadonlySet<string> = new Set(
  'facebook.com fb.com m.me fb.me zalo.me t.me telegram.me tiktok.com youtube.com google.com gmail.com bit.ly wa.me line.me instagram.com'.split(
    ' ',
  ),
);

/**
 * @param text the offer as written
 * @param row the one firm it names; a name that fits several firms has no contact of its own
 * @returns `differs` only against a number marked `checked` or a site the register has; several numbers of which one is
 *   the firm's count as `same`
 */
export function compareContact(text: string, row: AgencyRow | undefined): AgencyContact {
  if (row === undefined) return { kind: 'unknown', call: null, site: null };
  const known = row.phoneFlag === CHECKED_PHONE ? findPhones(row.phone ?? '') : [];
  const site = row.website === null ? null : (sitesOf(row.website)[0] ?? null);
  const about = { call: known[0] === undefined ? null : shownNumber(known[0]), site };
  const phones = findPhones(text);
  const sites = sitesOf(text).filter((found) => !SHARED_SITES.has(mainPart(found)));
  if (phones.some((phone) => known.includes(phone)) || sites.some((found) => belongsTo(found, site)))
    return { kind: 'same', ...about };
  const differs = (known.length > 0 && phones.length > 0) || (site !== null && sites.length > 0);
  return { kind: differs ? 'differs' : 'unknown', ...about };
}

/** Sites named in a text, without "www."; addresses of letters are none. */
function sitesOf(text: string): string[] {
  return [...text.replace(MAIL, ' ').matchAll(SITE)].flatMap(([, site = '']) =>
    /^\d/u.test(site) ? [] : site.toLowerCase().replace(/^www\./u, ''),
  );
}

function belongsTo(found: string, site: string | null): boolean {
  return site !== null && (found === site || found.endsWith(`.${site}`));
}

function mainPart(site: string): string {
  return site.split('.').slice(-2).join('.');
}

/** "+84900000101" → "0900000101": as it is dialled in Vietnam. */
function shownNumber(phone: string): string {
  return phone.replace(/^\+84/u, '0');
}
