/** Tells an event from a denial, a question, a news story or a joke. */
import type { Hit, ScanToken } from './lexicon.ts';
import { guardConcept } from './ideas.ts';
import type { DangerGuard, DangerRules } from './rules.ts';

const LAUGHING = /[=:;][)\]dD]{2,}|[=:]\)\)|😂|🤣|😆|k{3,}|:v\b/iu;
/** Guard id that laughing signs switch on beside its phrases. */
const LAUGH = 'laugh';

/** The guards that hold in each text: `active[textIndex]`. */
export function findActiveGuards(
  rules: DangerRules,
  texts: readonly string[],
  tokens: readonly ScanToken[],
  hits: readonly Hit[],
): ReadonlySet<DangerGuard>[] {
  const conceptsByText = texts.map(() => new Set<string>());
  for (const hit of hits) conceptsByText[tokens[hit.from]?.textIndex ?? 0]?.add(hit.concept);
  return conceptsByText.map((concepts, textIndex) => {
    const isLaughing = LAUGHING.test(texts[textIndex] ?? '');
    const holds = (guard: DangerGuard) =>
      (concepts.has(guardConcept(guard.id)) || (guard.id === LAUGH && isLaughing)) &&
      !guard.unless.some((concept) => concepts.has(concept));
    return new Set(rules.guards.filter(holds));
  });
}
