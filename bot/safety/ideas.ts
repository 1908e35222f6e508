/** The ideas found in a text: phrases and ages, each judged as said, denied or asked. Idioms hide the ideas inside them. */
import { isDenied, isQuestion, type Negation } from './denial.ts';
import { findPhrases, type Hit, type Lexicon, type ScanToken } from './lexicon.ts';
import { findMinorAges } from './persons.ts';

/** Pseudo-ideas that share the lexicon with the concepts. */
export const IDIOM = 'idiom';
export const guardConcept = (id: string) => `guard:${id}`;
export const placeConcept = (country: string) => `place:${country}`;

/** What is needed to find ideas. */
export interface IdeaReader {
  readonly lexicon: Lexicon;
  readonly minorBornFrom: number;
  readonly weak: ReadonlySet<string>;
  readonly stays: ReadonlySet<string>;
  readonly negation: Negation;
}

export interface Idea extends Hit {
  denied: boolean;
  asked: boolean;
}

/** In order of the first word. Idioms are ideas too: the trained part learns from them. */
export function findIdeas(reader: IdeaReader, tokens: readonly ScanToken[]): Idea[] {
  const hits = [...findPhrases(reader.lexicon, tokens), ...findMinorAges(tokens, reader.minorBornFrom)];
  return hideInIdioms(hits).map((hit) => {
    const canBeDenied = !reader.stays.has(hit.concept) && !reader.weak.has(hit.concept);
    return {
      ...hit,
      denied: canBeDenied && isDenied(reader.negation, tokens, hit),
      asked: canBeDenied && isQuestion(tokens, hit),
    };
  });
}

/** Words of an idiom are invisible to concepts and rules. */
function hideInIdioms(hits: readonly Hit[]): readonly Hit[] {
  const idioms = hits.filter((hit) => hit.concept === IDIOM);
  if (idioms.length === 0) return hits;
  const isHidden = (hit: Hit) => idioms.some((idiom) => hit.from < idiom.to && idiom.from < hit.to);
  const isSurrounding = ({ concept }: Hit) =>
    concept === IDIOM || concept.startsWith('guard:') || concept.startsWith('place:');
  return hits.filter((hit) => isSurrounding(hit) || !isHidden(hit));
}
