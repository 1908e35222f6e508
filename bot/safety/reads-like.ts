/** What the trained part makes of the last texts, and from where on that counts. */
import { type Feature, featuresOf, scoreLikeness } from './likeness.ts';
import { beginOfNewest, type Scene } from './scene.ts';

/** Margins chosen on the development messages; figures in docs/understanding.md. */
/** From here on a text is raised even without a rule. */
export const READS_URGENT = 0.4;
/** From here on the bot asks. */
export const READS_DOUBTFUL = -0.1;
/** From here on the bot asks about a word of alarm that no rule explains, and about a rule that a guard brought down. */
export const ALARM_READS_DOUBTFUL = -0.3;
/** Below this a rule is doubted: the bot asks instead of raising. */
export const READS_HARMLESS = 0;
/** A rule that says "now" is doubted later. */
export const NOW_READS_HARMLESS = -0.1;
/** A firm rule is doubted later. */
export const FIRM_READS_HARMLESS = -0.5;
/** Shorter texts carry too little to be read. */
const MIN_WORDS_TO_READ = 4;
/** One word ("người", "OK") completes no story. */
const MIN_WORDS_TO_ADD = 2;
/** By how much the newest text must change what the last minutes read like to be heard together with them. */
const ADDS_SOMETHING = 0.25;

/**
 * The margin of the newest text, or of all texts when the newest completes what the earlier ones began. Null when there is
 * too little to read.
 */
export function readLikeness(scene: Scene): number | null {
  const begin = beginOfNewest(scene);
  const end = scene.tokens.length;
  const alone = scorePart(scene, begin, end);
  if (begin === 0 || end - begin < MIN_WORDS_TO_ADD) return alone;
  const together = scorePart(scene, 0, end);
  const earlier = scorePart(scene, 0, begin) ?? 0;
  // several short answers read like a story only when it is a clear one
  if (together === null || together < READS_URGENT || together - earlier < ADDS_SOMETHING) return alone;
  return alone === null ? together : Math.max(alone, together);
}

/** What the trained part sees in the words `from`..`to`. */
export function featuresIn(scene: Scene, from: number, to: number): Feature[] {
  const ideas = scene.ideas.filter((idea) => idea.from >= from && idea.to <= to);
  return featuresOf(scene.tokens.slice(from, to), ideas);
}

function scorePart(scene: Scene, from: number, to: number): number | null {
  if (to - from < MIN_WORDS_TO_READ || scene.rules.likeness.weights.size === 0) return null;
  return scoreLikeness(scene.rules.likeness, featuresIn(scene, from, to));
}
