/** Says why the scan decided as it did: what the trained part weighed, word by word, and which surroundings held rules back. */
import type { DangerScan } from './danger.ts';
import { featuresIn, readLikeness } from './reads-like.ts';
import type { DangerRules } from './rules.ts';
import { scanDanger } from './scan.ts';
import { beginOfNewest, openScene } from './scene.ts';
import type { Span } from '../understand/text.ts';

/** One property of the newest text. `weight` above 0 speaks for danger, below 0 against; the weights and the bias make the margin. */
export interface WeighedFeature {
  /** folded words, `^` begin, `$` end, `..` one word in between, `#` a number; `=` a word with its diacritics; `@IDEA` an idea, `@not IDEA` a denied one */
  name: string;
  weight: number;
  /** in the newest text */
  span: Span;
}

export interface DangerExplanation {
  scan: DangerScan;
  /** of the trained part: about -1 harmless, about 1 urgent; null when there is too little to read */
  margin: number | null;
  /** heaviest first */
  features: readonly WeighedFeature[];
  /** ids of the guards that hold in the newest text */
  guards: readonly string[];
}

/** @param texts oldest first, the newest last, as for `scanDanger` */
export function explainDanger(rules: DangerRules, texts: readonly string[]): DangerExplanation {
  const scene = openScene(rules, texts);
  const begin = beginOfNewest(scene);
  const features = featuresIn(scene, begin, scene.tokens.length).flatMap(({ name, value, from, to }) => {
    // a feature counts its words from the begin of the newest text, an idea from the begin of all texts
    const shift = name.startsWith('@') ? 0 : begin;
    const first = scene.tokens[from + shift];
    const last = scene.tokens[to + shift - 1];
    const weight = (rules.likeness.weights.get(name) ?? 0) * value;
    if (first === undefined || last === undefined || weight === 0) return [];
    return [{ name, weight, span: { start: first.start, end: last.end } }];
  });
  return {
    scan: scanDanger(rules, texts),
    margin: readLikeness(scene),
    features: features.sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight)),
    guards: [...(scene.guards[scene.newest] ?? [])].map((guard) => guard.id),
  };
}
