/** Makes names of ours from names of others: ids in kebab-case, slots in snake_case, languages as BCP 47 tags. */

/** Longest id: flow, node and choice together must fit the 64 bytes a button may carry. */
const MAX_ID = 20;

/** @returns lower-case letters, digits and hyphens, cut at a word; empty when nothing of the text can be kept */
export function slug(text: string, max = MAX_ID): string {
  const whole = plainAscii(text)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  if (whole.length <= max) return whole;
  const cut = whole.slice(0, max + 1);
  const atWord = cut.slice(0, cut.lastIndexOf('-'));
  return (atWord === '' ? cut.slice(0, max) : atWord).replace(/-+$/, '');
}

/** @returns a slot name, `value` when nothing of the text can be kept */
export function snake(text: string): string {
  const name = plainAscii(text)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40)
    .replace(/_+$/, '');
  if (name === '') return 'value';
  return /^[a-z]/.test(name) ? name : `v_${name}`;
}

function plainAscii(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();
}

/** Names that are taken, and how far the numbers behind each have come: exports repeat one name ten thousand times. */
export interface Names {
  taken: Set<string>;
  counts: Map<string, number>;
}

export function createNames(taken: Iterable<string>): Names {
  return { taken: new Set(taken), counts: new Map() };
}

/** The wish, or the wish with the first free number behind it. Marks the result as taken. */
export function takeName(wish: string, names: Names): string {
  let name = wish;
  let count = names.counts.get(wish) ?? 1;
  while (names.taken.has(name)) {
    count += 1;
    name = `${wish}-${count}`;
  }
  names.counts.set(wish, count);
  names.taken.add(name);
  return name;
}

/**
 * @param code ISO 639-1 or 639-3, a BCP 47 tag, or an English name ("hindi"), looked up among `among`
 * @returns a BCP 47 tag (`eng` → `en`), or null when it names no language
 */
export function languageTag(code: string, among: readonly string[] = []): string | null {
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  const asTag = canonical(code);
  if (asTag !== null && names.of(asTag) !== undefined) return asTag;
  return among.find((tag) => names.of(tag)?.toLowerCase() === code.trim().toLowerCase()) ?? null;
}

function canonical(code: string): string | null {
  try {
    return Intl.getCanonicalLocales(code.trim().replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}

/** Names an ask keeps for itself. */
export const ASK_NAMES = ['any', 'other', 'skip', 'silence'] as const;
