/** Decides how much danger the last messages show, with reasons, before any flow logic runs. */
import { type DangerReason, type DangerScan, RISK_LEVELS, type RiskLevel } from './danger.ts';
import { findActiveGuards, isDenied, isQuestion } from './guards.ts';
import { findPhrases, type Hit, type ScanToken } from './lexicon.ts';
import { featuresOf, scoreLikeness } from './likeness.ts';
import { findCountry, findMinorAges } from './persons.ts';
import { type CompiledRule, type DangerGuard, type DangerRules, IDIOM } from './rules.ts';
import { lineUp } from './tokens.ts';

/**
 * Scans what a person wrote in the last minutes.
 *
 * @param texts oldest first, the newest last; fragments are read together, but a reason always involves the newest
 */
export function scanDanger(rules: DangerRules, texts: readonly string[]): DangerScan {
  const tokens = lineUp(texts);
  const found = hideIdioms([
    ...findPhrases(rules.lexicon, tokens),
    ...findMinorAges(tokens, rules.minorBornFrom),
  ]);
  const scene: Scene = {
    rules,
    tokens,
    newest: texts.length - 1,
    guards: findActiveGuards(rules, texts, tokens, found),
    hits: groupByConcept(rules, tokens, found),
  };
  const verdicts = weighLikeness(
    scene,
    rules.rules.filter((rule) => mayFire(scene, rule)).flatMap((rule) => judge(scene, rule) ?? []),
    found,
  );
  const reasons = verdicts
    .flatMap((verdict) => (verdict.reason === null ? [] : [verdict.reason]))
    .sort((one, other) => rank(other.level) - rank(one.level));
  const level = reasons[0]?.level ?? 'none';
  const isUrgent = rank(level) >= rank('high');
  const isSelf = (at: number) =>
    ['SELF', 'KIN'].some((concept) =>
      (scene.hits.get(concept) ?? []).some((hit) => hit.from <= at && at < hit.to),
    );
  return {
    level,
    ask: !isUrgent && verdicts.some((verdict) => verdict.ask),
    reasons,
    allClear: !isUrgent && (verdicts.some((verdict) => verdict.denied) || hasInNewest(scene, 'ALL-CLEAR')),
    minor: (scene.hits.get('MINOR') ?? []).some((hit) => !hit.denied),
    country: findCountry(tokens, found, isSelf, isUrgent),
  };
}

/** Margins of the trained part; chosen on the development messages, see docs/understanding.md. */
/** From here on a text is raised even without a rule. */
const READS_URGENT = 0.4;
/** From here on the bot asks. */
const READS_DOUBTFUL = 0;
/** From here on the bot asks about a word of alarm that no rule explains, and about a rule that a guard brought down. */
const ALARM_READS_DOUBTFUL = -0.3;
/** Below this a rule is doubted: the bot asks instead of raising. */
const READS_HARMLESS = -0.1;
/** A firm rule is doubted later. */
const FIRM_READS_HARMLESS = -0.5;
/** Shorter texts carry too little to be read. */
const MIN_WORDS_TO_READ = 4;
/** Guard id: the text describes an offer. */
const OFFER = 'offer';
/** By how much the newest text must change what the last minutes read like to be heard together with them. */
const ADDS_SOMETHING = 0.25;

interface JudgedHit extends Hit {
  denied: boolean;
  asked: boolean;
}

interface Scene {
  rules: DangerRules;
  tokens: readonly ScanToken[];
  newest: number;
  guards: readonly ReadonlySet<DangerGuard>[];
  hits: ReadonlyMap<string, readonly JudgedHit[]>;
}

interface Verdict {
  reason: DangerReason | null;
  ask: boolean;
  denied: boolean;
  firm: boolean;
  /** an urgent rule that a guard or a question brought down */
  lowered: boolean;
}

const rank = (level: RiskLevel) => RISK_LEVELS.indexOf(level);

/** Words of an idiom are invisible to concepts and rules. */
function hideIdioms(hits: readonly Hit[]): Hit[] {
  const idioms = hits.filter((hit) => hit.concept === IDIOM);
  const isHidden = (hit: Hit) => idioms.some((idiom) => hit.from < idiom.to && idiom.from < hit.to);
  const isSurrounding = (hit: Hit) => hit.concept.startsWith('guard:') || hit.concept.startsWith('place:');
  return hits.filter((hit) => hit.concept !== IDIOM && (isSurrounding(hit) || !isHidden(hit)));
}

function groupByConcept(
  rules: DangerRules,
  tokens: readonly ScanToken[],
  hits: readonly Hit[],
): Map<string, JudgedHit[]> {
  const groups = new Map<string, JudgedHit[]>();
  for (const hit of hits) {
    const group = groups.get(hit.concept) ?? [];
    const canBeDenied = !rules.stays.has(hit.concept) && !rules.weak.has(hit.concept);
    group.push({
      ...hit,
      denied: canBeDenied && isDenied(rules, tokens, hit),
      asked: canBeDenied && isQuestion(tokens, hit),
    });
    groups.set(hit.concept, group);
  }
  return groups;
}

/** Most rules find nothing in most texts: this asks only whether their ideas are there at all. */
function mayFire(scene: Scene, rule: CompiledRule): boolean {
  const { hits } = scene;
  if (hits.size === 0) return false;
  if (hits.has(rule.own)) return true;
  return rule.slots.length > 0 && rule.slots.every((slot) => isAnyIn(slot, hits));
}

function isAnyIn(slot: ReadonlySet<string>, hits: Scene['hits']): boolean {
  for (const concept of slot) if (hits.has(concept)) return true;
  return false;
}

function judge(scene: Scene, rule: CompiledRule): Verdict | null {
  if (rule.maxWords !== undefined && countNewestWords(scene) > rule.maxWords) return null;
  if (rule.unless.some((concept) => (scene.hits.get(concept) ?? []).some((hit) => !hit.denied))) return null;
  const matches = [...findOwn(scene, rule), ...findConjunctions(scene, rule)].filter((match) =>
    involvesNewest(scene, match),
  );
  if (matches.length === 0) return null;
  const match = matches.find((one) => one.every((hit) => !hit.denied && !hit.asked)) ?? matches[0] ?? [];
  return weigh(scene, rule, match);
}

/** Lets the examples confirm, doubt or complete what the rules found. */
function weighLikeness(
  scene: Scene,
  verdicts: readonly Verdict[],
  found: readonly Hit[],
): readonly Verdict[] {
  const score = readLikeness(scene, found);
  if (score === null)
    return hasLoneAlarm(scene, verdicts) ? [...verdicts, { ...NOTHING, ask: true }] : verdicts;
  const urgent = verdicts.filter(
    (verdict) => verdict.reason !== null && rank(verdict.reason.level) >= rank('high'),
  );
  if (urgent.length > 0) {
    const isFirm = urgent.some((verdict) => verdict.firm);
    if (score >= (isFirm ? FIRM_READS_HARMLESS : READS_HARMLESS)) return verdicts;
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

/**
 * The margin of the newest text, or of all texts when the newest completes what the earlier ones began. Null when there is
 * too little to read.
 */
function readLikeness(scene: Scene, found: readonly Hit[]): number | null {
  const isNewest = (at: number) => scene.tokens[at]?.textIndex === scene.newest;
  const begin = scene.tokens.length - countNewestWords(scene);
  const alone = scorePart(
    scene,
    found.filter((hit) => isNewest(hit.from)),
    begin,
    scene.tokens.length,
  );
  if (begin === 0 || begin === scene.tokens.length) return alone;
  const together = scorePart(scene, found, 0, scene.tokens.length);
  const earlier =
    scorePart(
      scene,
      found.filter((hit) => !isNewest(hit.to - 1)),
      0,
      begin,
    ) ?? 0;
  if (together === null || together - earlier < ADDS_SOMETHING) return alone;
  return alone === null ? together : Math.max(alone, together);
}

function scorePart(scene: Scene, found: readonly Hit[], from: number, to: number): number | null {
  if (to - from < MIN_WORDS_TO_READ || scene.rules.likeness.weights.size === 0) return null;
  const words = scene.tokens.slice(from, to).map((token) => token.folded);
  return scoreLikeness(scene.rules.likeness, featuresOf(words, found));
}

function wholeNewest(scene: Scene, rule: CompiledRule): Hit {
  const to = scene.tokens.length;
  return { concept: rule.own, from: to - countNewestWords(scene), to };
}

const NOTHING: Verdict = { reason: null, ask: false, denied: false, firm: false, lowered: false };

function doubt(verdict: Verdict): Verdict {
  const { reason } = verdict;
  return { ...verdict, ask: true, reason: reason === null ? null : { ...reason, level: 'concern' } };
}

/** What remains of the rule once denials, questions and the surroundings are considered. */
function weigh(scene: Scene, rule: CompiledRule, match: readonly JudgedHit[]): Verdict {
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

function findOwn(scene: Scene, rule: CompiledRule): JudgedHit[][] {
  return (scene.hits.get(rule.own) ?? []).map((hit) => [hit]);
}

/** For each hit of the first idea the nearest hits of the others, all within the window. */
function findConjunctions(scene: Scene, rule: CompiledRule): JudgedHit[][] {
  const [first, ...others] = rule.slots;
  if (first === undefined) return [];
  const otherHits = others.map((slot) => hitsOf(scene, slot));
  if (otherHits.some((hits) => hits.length === 0)) return [];
  return hitsOf(scene, first).flatMap((anchor) => {
    const match: JudgedHit[] = [anchor];
    for (const hits of otherHits) {
      const nearest = findNearest(anchor, hits, rule);
      if (nearest === null) return [];
      match.push(nearest);
    }
    return [match];
  });
}

function findNearest(anchor: JudgedHit, hits: readonly JudgedHit[], rule: CompiledRule): JudgedHit | null {
  let best: JudgedHit | null = null;
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

function hitsOf(scene: Scene, slot: ReadonlySet<string>): JudgedHit[] {
  return [...slot].flatMap((concept) => scene.hits.get(concept) ?? []);
}

function involvesNewest(scene: Scene, match: readonly Hit[]): boolean {
  return match.some((hit) => !scene.rules.weak.has(hit.concept) && isInNewest(scene, hit));
}

function isInNewest(scene: Scene, hit: Hit): boolean {
  return scene.tokens[hit.to - 1]?.textIndex === scene.newest;
}

function hasInNewest(scene: Scene, concept: string): boolean {
  return (scene.hits.get(concept) ?? []).some((hit) => isInNewest(scene, hit));
}

function countNewestWords(scene: Scene): number {
  return scene.tokens.filter((token) => token.textIndex === scene.newest).length;
}

/** Words of alarm that no rule explains and no guard excuses: better to ask. */
function hasLoneAlarm(scene: Scene, verdicts: readonly Verdict[]): boolean {
  if (verdicts.some((verdict) => verdict.reason !== null)) return false;
  if ((scene.guards[scene.newest]?.size ?? 0) > 0) return false;
  return [...scene.rules.alarms].some((concept) =>
    (scene.hits.get(concept) ?? []).some((hit) => !hit.denied && !hit.asked && isInNewest(scene, hit)),
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
