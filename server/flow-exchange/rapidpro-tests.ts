/** RapidPro's tests: which of them are words to type, which are values to read, and how they read as conditions. */
import { createNames, slug, takeName } from './names.ts';
import type { Case, Category, Router } from './rapidpro-shapes.ts';

export const WORD_TESTS: readonly string[] = [
  'has_any_word',
  'has_all_words',
  'has_phrase',
  'has_only_phrase',
  'has_only_text',
  'has_beginning',
];
export const NUMBER_TESTS: readonly string[] = [
  'has_number',
  'has_number_between',
  'has_number_lt',
  'has_number_lte',
  'has_number_eq',
  'has_number_gte',
  'has_number_gt',
];
/** tests of a whole kind of answer → slot type that reads it */
export const READ_TESTS: Readonly<Record<string, string>> = {
  has_date: 'date',
  has_phone: 'phone',
  has_state: 'province',
  has_district: 'province',
  has_ward: 'province',
};

export function casesOf(router: Router): readonly Case[] {
  return router.cases ?? [];
}

/** "Type 1 for …": every number test names one whole number, so they are choices, not an amount. */
export function isNumberMenu(router: Router): boolean {
  const numbers = casesOf(router).filter(({ type }) => NUMBER_TESTS.includes(type));
  return (
    numbers.length > 0 &&
    numbers.every(
      ({ type, arguments: given }) => type === 'has_number_eq' && /^\d{1,4}$/.test(given?.[0]?.trim() ?? ''),
    )
  );
}

/** What the answer to a waiting router is kept as. */
export function shapeOfAnswer(router: Router): string {
  if (router.wait?.hint?.type === 'audio') return 'voice';
  if (router.wait?.hint?.type === 'location') return 'place';
  const types = casesOf(router).map(({ type }) => type);
  if (!isNumberMenu(router) && types.some((type) => NUMBER_TESTS.includes(type))) return 'number';
  return types.map((type) => READ_TESTS[type]).find((type) => type !== undefined) ?? 'text';
}

/** Exit or choice id of each category, in order. `taken` holds names that mean something else there. */
export function categoryIds(
  categories: readonly Category[],
  taken: readonly string[],
): ReadonlyMap<string, string> {
  const used = createNames(taken);
  return new Map(
    categories.map(({ uuid, name }) => [uuid, takeName(slug(name) === '' ? 'choice' : slug(name), used)]),
  );
}

export type AnswerKind = 'words' | 'read' | 'any_text' | 'unsaid';

/** How the answers of one case are taken here. */
export function kindOfCase(router: Router, test: Case): AnswerKind {
  if (WORD_TESTS.includes(test.type)) return 'words';
  if (test.type === 'has_text') return 'any_text';
  if (NUMBER_TESTS.includes(test.type)) {
    if (isNumberMenu(router)) return 'words';
    return shapeOfAnswer(router) === 'number' ? 'read' : 'unsaid';
  }
  return READ_TESTS[test.type] !== undefined && READ_TESTS[test.type] === shapeOfAnswer(router)
    ? 'read'
    : 'unsaid';
}

/** Ways a person types this case: whole answers, since an answer here is compared as a whole. */
export function typedForms(type: string, given: readonly string[]): readonly string[] {
  const texts = given.map((text) => text.trim()).filter((text) => text !== '');
  if (type === 'has_any_word')
    return texts.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== '');
  return texts;
}

/** A condition on a number, or null when the arguments are no plain numbers. Slots hold whole numbers. */
export function numberCondition(slot: string, test: Case): string | null {
  const read = `slots.${slot}`;
  const given = (test.arguments ?? []).map((text) => (text.trim() === '' ? NaN : Number(text)));
  const [first = NaN, second = NaN] = given;
  if (test.type === 'has_number') return `has(${read})`;
  if (!Number.isFinite(first)) return null;
  switch (test.type) {
    case 'has_number_lt':
      return `${read} < ${Math.ceil(first)}`;
    case 'has_number_lte':
      return `${read} <= ${Math.floor(first)}`;
    case 'has_number_gt':
      return `${read} > ${Math.floor(first)}`;
    case 'has_number_gte':
      return `${read} >= ${Math.ceil(first)}`;
    case 'has_number_eq':
      return Number.isInteger(first) ? `${read} == ${first}` : 'false';
    case 'has_number_between':
      return Number.isFinite(second)
        ? `${read} >= ${Math.ceil(first)} && ${read} <= ${Math.floor(second)}`
        : null;
    default:
      return null;
  }
}

/**
 * A condition on a text slot. A slot that a question filled holds the id of the choice, so every id whose name or words
 * fit is tried beside the words themselves.
 *
 * @param idsFor choice ids that a word stands for
 * @param termOf CEL of an argument: quoted text, or `slots.x`; null when it cannot be said
 */
export function textCondition(
  slot: string,
  test: Case,
  idsFor: (text: string) => readonly string[],
  termOf: (text: string) => string | null,
): string | null {
  const read = `slots.${slot}`;
  if (test.type === 'has_text') return `has(${read}) && ${read} != ""`;
  const given = test.arguments ?? [];
  const isWhole = ['has_only_text', 'has_only_phrase', 'has_category', 'has_value'].includes(test.type);
  if (!isWhole && !WORD_TESTS.includes(test.type)) return null;
  const forms = typedForms(test.type, given);
  if (forms.length === 0) return null;
  const ids = forms.flatMap(idsFor);
  const terms = forms.map(termOf);
  if (terms.some((term) => term === null)) return null;
  const says = terms.flatMap((term) => (term === null ? [] : [compare(read, test.type, isWhole, term)]));
  const either = [
    ...(ids.length === 0
      ? []
      : [`${read} in [${[...new Set(ids)].map((id) => JSON.stringify(id)).join(', ')}]`]),
    ...says,
  ];
  return `has(${read}) && (${either.join(' || ')})`;
}

function compare(read: string, type: string, isWhole: boolean, term: string): string {
  const lower = term.startsWith('slots.') ? `${term}.lowerAscii()` : term.toLowerCase();
  const here = `${read}.lowerAscii()`;
  if (isWhole) return `${here} == ${lower}`;
  return type === 'has_beginning' ? `${here}.startsWith(${lower})` : `${here}.contains(${lower})`;
}
