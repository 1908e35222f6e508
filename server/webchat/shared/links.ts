/** Finds telephone numbers and web addresses in a text, so that they can be tapped; builds no markup. */

export type TextPart =
  | { kind: 'text'; text: string }
  | { kind: 'tel'; text: string; dial: string }
  | { kind: 'web'; text: string; url: string };

/** Emergency and helpline numbers of Vietnam that are dialled as they are. */
const SHORT_CODES = '11[1-5]';
const PHONE = new RegExp(
  [
    // +84 981 84 84 84: international, 8 to 15 digits
    '\\+\\d(?:[ .()-]{0,2}\\d){7,14}',
    // 1800 1567, 19001234
    '1[89]00(?:[ .-]?\\d){4}(?:[ .-]?\\d{2})?',
    // 0981 848 484, (024) 3.8441234 without the brackets
    '0\\d(?:[ .-]?\\d){8,9}',
    SHORT_CODES,
  ].join('|'),
  'g',
);
const WEB = /https:\/\/[^\s<>"'“”‘’]+/g;
/** "111 triệu", "113 người", "115k" count something; nobody wants to call them */
const COUNTED =
  /^(?:[.,:/-]?\d|%|(?:\s?(?:k|tr|m|cm|km|kg|usd|vnd|vnđ|đ|d|\$|€)(?![\p{L}\p{M}]))|\s(?:triệu|trieu|nghìn|nghin|ngàn|ngan|tỷ|tỉ|ty|đồng|dong|đô|người|nguoi|ngày|tháng|thang|năm|tuổi|tuoi|câu|million|thousand|people|days|years|dollars)(?![\p{L}\p{M}]))/iu;

/**
 * Splits a text into plain parts, telephone numbers and https addresses; joined, `text` of all parts gives the text back.
 * A short code is taken as a number to call only when it stands alone and counts nothing.
 */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of matchesOf(WEB, text)) {
    const url = match[0].replace(/[.,;:!?)\]}…]+$/, '');
    splitPhones(text.slice(done, match.index), parts);
    parts.push({ kind: 'web', text: url, url });
    done = match.index + url.length;
  }
  splitPhones(text.slice(done), parts);
  return parts;
}

function splitPhones(text: string, parts: TextPart[]): void {
  let done = 0;
  for (const match of matchesOf(PHONE, text)) {
    const before = text.slice(0, match.index);
    const after = text.slice(match.index + match[0].length);
    if (
      /[\p{L}\p{M}\d_]$|\d[.,:/-]$|[+/$€]$/u.test(before) ||
      /^[\p{L}\p{M}\d_]/u.test(after) ||
      COUNTED.test(after)
    )
      continue;
    if (match.index > done) parts.push({ kind: 'text', text: text.slice(done, match.index) });
    parts.push({ kind: 'tel', text: match[0], dial: match[0].replace(/[^\d+]/g, '') });
    done = match.index + match[0].length;
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) });
}

/** `String.matchAll` for browsers from before it. */
function matchesOf(pattern: RegExp, text: string): RegExpExecArray[] {
  const search = new RegExp(pattern.source, pattern.flags);
  const found: RegExpExecArray[] = [];
  for (let match = search.exec(text); match !== null; match = search.exec(text)) found.push(match);
  return found;
}
