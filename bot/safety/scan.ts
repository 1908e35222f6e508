/** Decides how much danger the last messages show, with reasons, before any flow logic runs. */
import { type DangerReason, type DangerScan, RISK_LEVELS, type RiskLevel } from './danger.ts';
import type { Idea } from './ideas.ts';
import type { Hit } from './lexicon.ts';
import { findCountry } from './persons.ts';
import {
  ALARM_READS_DOUBTFUL,
  FIRM_READS_HARMLESS,
  NOW_READS_HARMLESS,
  readLikeness,
  READS_DOUBTFUL,
  READS_HARMLESS,
  READS_URGENT,
} from './reads-like.ts';
import type { CompiledRule, DangerGuard, DangerRules } from './rules.ts';
import { beginOfNewest, ideasOf, isInNewest, openScene, type Scene } from './scene.ts';

/**
 * Scans what a person wrote in the last minutes.
 *
 * @param texts oldest first, the newest last; fragments are read together, but a reason always involves the newest
 */
export function scanDanger(rules: DangerRules, texts: readonly string[]): DangerScan {
  const scene = openScene(rules, texts);
  const verdicts = weighLikeness(
    scene,
    rules.rules.filter((rule) => mayFire(scene, rule)).flatMap((rule) => judge(scene, rule) ?? []),
  );
  const reasons = verdicts
    .flatMap((verdict) => (verdict.reason === null ? [] : [verdict.reason]))
    .sort((one, other) => rank(other.level) - rank(one.level));
  const level = reasons[0]?.level ?? 'none';
  const isUrgent = rank(level) >= rank('high');
  const isSelf = (at: number) =>
    ['SELF', 'KIN'].some((concept) => ideasOf(scene, concept).some((hit) => hit.from <= at && at < hit.to));
  return {
    level,
    ask: !isUrgent && verdicts.some((verdict) => verdict.ask),
    reasons,
    allClear:
      !isUrgent &&
      (verdicts.some((verdict) => verdict.denied) ||
        ideasOf(scene, 'ALL-CLEAR').some((hit) => isInNewest(scene, hit))),
    minor: ideasOf(scene, 'MINOR').some((hit) => !hit.denied),
    namesRelative: ideasOf(scene, 'KIN').some((hit) => isInNewest(scene, hit)),
    country: findCountry(scene.tokens, scene.ideas, isSelf, isUrgent),
  };
}

/** Guard id: the text describes an offer. */
const OFFER = 'offer';

interface Verdict {
  reason: DangerReason | null;
  ask: boolean;
  denied: boolean;
  firm: boolean;
  /** an urgent rule that a guard or a question brought down */
  lowered: boolean;
}

const rank = (level: RiskLevel) => RISK_LEVELS.indexOf(level);

/** Most rules find nothing in most texts: this asks only whether their ideas are there at all. */
function mayFire(scene: Scene, rule: CompiledRule): boolean {
  const { byConcept } = scene;
  if (byConcept.size === 0) return false;
  if (byConcept.has(rule.own)) return true;
  return rule.slots.length > 0 && rule.slots.every((slot) => isAnyIn(slot, byConcept));
}

function isAnyIn(slot: ReadonlySet<string>, byConcept: Scene['byConcept']): boolean {
  for (const concept of slot) if (byConcept.has(concept)) return true;
  return false;
}

function judge(scene: Scene, rule: CompiledRule): Verdict | null {
  if (rule.maxWords !== undefined && scene.tokens.length - beginOfNewest(scene) > rule.maxWords) return null;
  if (rule.unless.some((concept) => ideasOf(scene, concept).some((hit) => !hit.denied))) return null;
  const matches = [...findOwn(scene, rule), ...findConjunctions(scene, rule)].filter((match) =>
    involvesNewest(scene, match),
  );
  if (matches.length === 0) return null;
  const match = matches.find((one) => one.every((hit) => !hit.denied && !hit.asked)) ?? matches[0] ?? [];
  return weigh(scene, rule, match);
}

/** Lets the examples confirm, doubt or complete what the rules found. */
function weighLikeness(scene: Scene, verdicts: readonly Verdict[]): readonly Verdict[] {
  const score = readLikeness(scene);
  if (score === null)
    return hasLoneAlarm(scene, verdicts) ? [...verdicts, { ...NOTHING, ask: true }] : verdicts;
  const urgent = verdicts.filter(
    (verdict) => verdict.reason !== null && rank(verdict.reason.level) >= rank('high'),
  );
  if (urgent.length > 0) {
    if (score >= doubtBelow(urgent)) return verdicts;
    return verdicts.map((verdict) => (urgent.includes(verdict) ? doubt(verdict) : verdict));
  }
  const rule = scene.rules.rules.find((one) => one.byLikeness);
  if (rule !== undefined && score >= READS_URGENT)
    return [
      ...verdicts,
      { ...NOTHING, reason: reasonOf(scene, rule, rule.level, [wholeNewest(scene, rule)]) },
    ];
  // an offer being weighed is read by the offer check, which answers more than the question would
  const isOffer = [...(scene.guards[scene.newest] ?? [])].some((guard) => guard.id === OFFER);
  const isHeld = verdicts.some((verdict) => verdict.lowered) || hasLoneAlarm(scene, verdicts);
  if (!isOffer && score >= (isHeld ? ALARM_READS_DOUBTFUL : READS_DOUBTFUL))
    return [...verdicts, { ...NOTHING, ask: true }];
  return verdicts;
}

/** The surest of the rules decides how much the examples must speak against them all. */
function doubtBelow(urgent: readonly Verdict[]): number {
  if (urgent.some((verdict) => verdict.firm)) return FIRM_READS_HARMLESS;
  return urgent.some((verdict) => verdict.reason?.level === 'imminent') ? NOW_READS_HARMLESS : READS_HARMLESS;
}

function wholeNewest(scene: Scene, rule: CompiledRule): Hit {
  return { concept: rule.own, from: beginOfNewest(scene), to: scene.tokens.length };
}

const NOTHING: Verdict = { reason: null, ask: false, denied: false, firm: false, lowered: false };

function doubt(verdict: Verdict): Verdict {
  const { reason } = verdict;
  return { ...verdict, ask: true, reason: reason === null ? null : { ...reason, level: 'concern' } };
}

/** What remains of the rule once denials, questions and the surroundings are considered. */
function weigh(scene: Scene, rule: CompiledRule, match: readonly Idea[]): Verdict {
  const isUrgent = rank(rule.level) >= rank('high');
  if (match.some((hit) => hit.denied)) return { ...NOTHING, denied: isUrgent };
  const guards = guardsOf(scene, match).filter((guard) => guard.id !== OFFER || rule.offerOnly);
  const isAsked = match.some((hit) => hit.asked);
  if (guards.length === 0 && !isAsked)
    return { ...NOTHING, reason: reasonOf(scene, rule, rule.level, match), firm: rule.firm };
  const ask = isUrgent && (rule.firm || guards.some((guard) => guard.ask));
  const isDropped = !rule.firm && guards.some((guard) => guard.effect === 'drop');
  const lowered = isUrgent ? 'concern' : rule.level;
  return {
    reason: isDropped ? null : reasonOf(scene, rule, lowered, match),
    ask,
    denied: false,
    firm: rule.firm,
    lowered: isUrgent && !isDropped,
  };
}

function guardsOf(scene: Scene, match: readonly Hit[]): DangerGuard[] {
  const texts = new Set(match.map((hit) => scene.tokens[hit.from]?.textIndex ?? scene.newest));
  return [...texts].flatMap((text) => [...(scene.guards[text] ?? [])]);
}

function findOwn(scene: Scene, rule: CompiledRule): Idea[][] {
  return ideasOf(scene, rule.own).map((hit) => [hit]);
}

/** For each hit of the first idea the nearest hits of the others, all within the window. */
function findConjunctions(scene: Scene, rule: CompiledRule): Idea[][] {
  const [first, ...others] = rule.slots;
  if (first === undefined) return [];
  const otherHits = others.map((slot) => hitsOf(scene, slot));
  if (otherHits.some((hits) => hits.length === 0)) return [];
  return hitsOf(scene, first).flatMap((anchor) => {
    const match: Idea[] = [anchor];
    for (const hits of otherHits) {
      const nearest = findNearest(anchor, hits, rule);
      if (nearest === null) return [];
      match.push(nearest);
    }
    return [match];
  });
}

function findNearest(anchor: Idea, hits: readonly Idea[], rule: CompiledRule): Idea | null {
  let best: Idea | null = null;
  let bestCost = Infinity;
  for (const hit of hits) {
    const distance = hit.from - anchor.from;
    if (Math.abs(distance) > rule.window || (rule.ordered && distance < 0)) continue;
    // an undenied hit farther away beats a denied one
    const cost = Math.abs(distance) + (hit.denied || hit.asked ? rule.window * 2 : 0);
    if (cost < bestCost) [best, bestCost] = [hit, cost];
  }
  return best;
}

function hitsOf(scene: Scene, slot: ReadonlySet<string>): Idea[] {
  return [...slot].flatMap((concept) => ideasOf(scene, concept));
}

function involvesNewest(scene: Scene, match: readonly Hit[]): boolean {
  return match.some((hit) => !scene.rules.weak.has(hit.concept) && isInNewest(scene, hit));
}

/** Words of alarm that no rule explains and no guard excuses: better to ask. */
function hasLoneAlarm(scene: Scene, verdicts: readonly Verdict[]): boolean {
  if (verdicts.some((verdict) => verdict.reason !== null)) return false;
  if ((scene.guards[scene.newest]?.size ?? 0) > 0) return false;
  return [...scene.rules.alarms].some((concept) =>
    ideasOf(scene, concept).some((hit) => !hit.denied && !hit.asked && isInNewest(scene, hit)),
  );
}

function reasonOf(scene: Scene, rule: CompiledRule, level: RiskLevel, match: readonly Hit[]): DangerReason {
  const spans = match
    .filter((hit) => isInNewest(scene, hit))
    .flatMap((hit) => scene.tokens.slice(hit.from, hit.to))
    .filter((token) => token.textIndex === scene.newest);
  return {
    rule: rule.id,
    level,
    category: rule.category,
    reasonKey: `danger.${rule.id}`,
    textIndex: scene.newest,
    span: {
      start: Math.min(...spans.map((token) => token.start)),
      end: Math.max(...spans.map((token) => token.end)),
    },
  };
}
