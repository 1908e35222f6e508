/** What the scan knows about the texts of the last minutes: words, guards and ideas. */
import { findActiveGuards } from './guards.ts';
import { findIdeas, type Idea } from './ideas.ts';
import type { Hit, ScanToken } from './lexicon.ts';
import type { DangerGuard, DangerRules } from './rules.ts';
import { lineUp } from './tokens.ts';

export interface Scene {
  rules: DangerRules;
  tokens: readonly ScanToken[];
  /** index of the newest text */
  newest: number;
  /** `guards[textIndex]` */
  guards: readonly ReadonlySet<DangerGuard>[];
  ideas: readonly Idea[];
  byConcept: ReadonlyMap<string, readonly Idea[]>;
}

/** @param texts oldest first, the newest last */
export function openScene(rules: DangerRules, texts: readonly string[]): Scene {
  const tokens = lineUp(texts, rules.emoji);
  const ideas = findIdeas(rules, tokens);
  const byConcept = new Map<string, Idea[]>();
  for (const idea of ideas) {
    const group = byConcept.get(idea.concept);
    if (group === undefined) byConcept.set(idea.concept, [idea]);
    else group.push(idea);
  }
  return {
    rules,
    tokens,
    newest: texts.length - 1,
    guards: findActiveGuards(rules, texts, tokens, ideas),
    ideas,
    byConcept,
  };
}

export function ideasOf(scene: Scene, concept: string): readonly Idea[] {
  return scene.byConcept.get(concept) ?? [];
}

export function isInNewest(scene: Scene, hit: Hit): boolean {
  return scene.tokens[hit.to - 1]?.textIndex === scene.newest;
}

/** Index of the first word of the newest text. */
export function beginOfNewest(scene: Scene): number {
  const at = scene.tokens.findIndex((token) => token.textIndex === scene.newest);
  return at < 0 ? scene.tokens.length : at;
}
