/** How much an offer reads like the dangerous examples of content/signals/examples.yaml; it backs the warning signs up. */
import { featuresOf, scoreLikeness, trainLikeness } from './likeness.ts';
import type { Likeness } from './likeness.ts';
import { normalise } from '../understand/normalise.ts';
import type { Normalised } from '../understand/text.ts';
import { findConcepts } from './lexicon.ts';
import type { Hit, Lexicon } from './lexicon.ts';
import type { OfferLevel } from './offer.ts';
import { READ_CONCEPTS } from './read-concepts.ts';

export interface OfferExamples {
  danger: readonly string[];
  other: readonly string[];
}

/** Fewer words read like anything. */
const MIN_WORDS = 5;
/** Eight-fold on the examples: 67 % of the dangerous score more than 0.75, 4 % of those with odd points, 1 % of the harmless. */
const WITH_A_SIGN = 0.75;
const ALONE = 0.82;
const NOT_UNREMARKABLE = 0.45;

/** Fitted at start; the same examples give the same model. */
export function trainOfferLikeness(lexicon: Lexicon, examples: OfferExamples): Likeness {
  const read = (isUrgent: boolean) => (text: string, at: number, all: readonly string[]) => {
    const words = normalise(text);
    const features = offerFeatures(words, findConcepts(lexicon, words));
    return { place: (at + 0.5) / all.length, example: { features, isUrgent } };
  };
  const mixed = [...examples.danger.map(read(true)), ...examples.other.map(read(false))];
  return trainLikeness(mixed.sort((a, b) => a.place - b.place).map(({ example }) => example));
}

/** 0 (like the harmless ones) to 1 (like the dangerous ones); 0 for a text too short to tell. */
export function offerLikeness(
  model: Likeness,
  text: Normalised,
  hits: ReadonlyMap<string, readonly Hit[]>,
): number {
  if (text.tokens.length < MIN_WORDS || model.weights.size === 0) return 0;
  return scoreLikeness(model, offerFeatures(text, hits));
}

/** The level the signs gave, raised where the whole text reads worse than any sign in it says. Never lowered. */
export function raiseByLikeness(level: OfferLevel, score: number, hasSign: boolean): OfferLevel {
  if (level === 'danger' || score >= (hasSign ? WITH_A_SIGN : ALONE)) return 'danger';
  return level === 'verify' && score >= NOT_UNREMARKABLE ? 'caution' : level;
}

/** Words, their pairs, and the groups of words found; of places only what they count for, so that no country decides alone. */
function offerFeatures(text: Normalised, hits: ReadonlyMap<string, readonly Hit[]>): string[] {
  const concepts = new Set<string>();
  for (const [concept, found] of hits) {
    if (concept.startsWith('=') || DERIVED.has(concept) || found.every((hit) => hit.negated)) continue;
    const [kind, , tags = ''] = concept.split(':');
    if (kind === 'place') for (const tag of tags.split(',')) concepts.add(tag === '' ? 'elsewhere' : tag);
    else concepts.add(concept);
  }
  return featuresOf(
    text.tokens.map((token) => token.folded),
    concepts,
  );
}

const DERIVED: ReadonlySet<string> = new Set(READ_CONCEPTS);
