/** From signs to a level: a reader's rules, not a sum. Order: grave signs, known scripts, then what is missing or odd. */
import type { OfferStudy } from './offer-study.ts';
import type { OfferLevel, SignalHit } from './offer.ts';

const STRONG = 4;

/** The register copy is old: a name it does not know makes nobody dangerous. */
const NEVER_STRONG = new Set(['name-not-on-register']);

/** Signs that are grave alone although no single word of them forces a person at once. */
const GRAVE_ALONE = new Set(['dirt-road-border', 'tourist-visa', 'nude-blackmail']);

/**
 * Scripts seen again and again (facts: warning-signs.md, parts 1.3 and 2). Each line: one sign of every group present.
 */
const SCRIPTS: readonly (readonly (readonly string[])[])[] = [
  [['contract-language'], ['pay-first', 'personal-account', 'broker-fee']],
  [
    ['pay-first'],
    [
      'no-degree-no-skill-abroad',
      'promise-easy-high-pay',
      'fast-exit-no-paper',
      'salary-far-above',
      'personal-account',
      'rush',
      'recruiter-hides',
    ],
  ],
  [
    ['fast-exit-no-paper'],
    [
      'no-degree-no-skill-abroad',
      'promise-easy-high-pay',
      'salary-far-above',
      'recruiter-hides',
      'acquaintance-recruiter',
      'rush',
      'love-and-work-abroad',
    ],
  ],
  [
    ['promise-easy-high-pay', 'salary-far-above'],
    ['no-degree-no-skill-abroad'],
    ['recruiter-hides', 'rush', 'acquaintance-recruiter', 'bonus-for-recruiting-friends'],
  ],
  [
    ['love-and-work-abroad'],
    [
      'rush',
      'recruiter-hides',
      'fast-exit-no-paper',
      'promise-easy-high-pay',
      'acquaintance-recruiter',
      'lent-for-exit',
    ],
  ],
  [
    ['bonus-for-recruiting-friends'],
    [
      'promise-easy-high-pay',
      'no-degree-no-skill-abroad',
      'recruiter-hides',
      'salary-far-above',
      'fast-exit-no-paper',
    ],
  ],
  [
    ['model-streamer-casting'],
    [
      'promise-easy-high-pay',
      'salary-far-above',
      'recruiter-hides',
      'fast-exit-no-paper',
      'lent-for-exit',
      'rush',
      'contract-language',
      'no-degree-no-skill-abroad',
    ],
  ],
  [
    ['fishing-boat'],
    [
      'lent-for-exit',
      'isolated-place',
      'no-pay',
      'phone-taken',
      'acquaintance-recruiter',
      'fast-exit-no-paper',
    ],
  ],
  [
    ['domestic-farm-china'],
    [
      'contract-language',
      'fast-exit-no-paper',
      'no-licence-company',
      'acquaintance-recruiter',
      'rush',
      'no-pay',
      'recruiter-hides',
    ],
  ],
  [
    ['market-or-school-approach'],
    [
      'rush',
      'recruiter-hides',
      'promise-easy-high-pay',
      'love-and-work-abroad',
      'lent-for-exit',
      'acquaintance-recruiter',
      'model-streamer-casting',
      'domestic-farm-china',
    ],
  ],
  [
    ['very-long-hours', 'bad-living', 'no-pay'],
    ['isolated-place', 'phone-taken', 'lent-for-exit', 'contract-language'],
  ],
  [['acquaintance-recruiter'], ['recruiter-hides'], ['rush', 'promise-easy-high-pay', 'fast-exit-no-paper']],
];

const BAD_STATUS = new Set(['revoked', 'suspended', 'sanctioned', 'unlicensed', 'fake']);

/** `study` tells what the register says and whether the work is abroad. */
export function rateOffer(signals: readonly SignalHit[], study: OfferStudy): OfferLevel {
  const ids = new Set(signals.map((signal) => signal.signal));
  if (signals.some((signal) => signal.hard || GRAVE_ALONE.has(signal.signal))) return 'danger';
  if (countIndependentStrong(signals) >= 2) return 'danger';
  if (SCRIPTS.some((groups) => groups.every((group) => group.some((id) => ids.has(id))))) return 'danger';
  if (isTicketToTheBorder(ids, study)) return 'danger';
  if (signals.length > 0 || study.agency.rows.some((row) => BAD_STATUS.has(row.status))) return 'caution';
  return isAbroadWithoutName(study) || needsCare(study) ? 'caution' : 'verify';
}

/** Two signs read from the very same words are one. */
function countIndependentStrong(signals: readonly SignalHit[]): number {
  const strong = signals.filter((signal) => signal.weight >= STRONG && !NEVER_STRONG.has(signal.signal));
  return strong.filter(
    (signal, index) =>
      !strong
        .slice(0, index)
        .some(
          (other) =>
            signal.span !== null &&
            other.span !== null &&
            signal.span.start >= other.span.start &&
            signal.span.end <= other.span.end,
        ),
  ).length;
}

/** Someone met online who sends a ticket or waits at the border: the script of being sold by a "lover". */
function isTicketToTheBorder(ids: ReadonlySet<string>, study: OfferStudy): boolean {
  return (
    ids.has('love-and-work-abroad') &&
    ['border', 'border-gate', 'secrecy', 'ticket-sent', 'cambodia', 'china'].some((concept) =>
      holds(study, concept),
    )
  );
}

function isAbroadWithoutName(study: OfferStudy): boolean {
  if (study.agency.kind === 'exact' && study.agency.rows.length === 1) return false;
  if (
    !holds(study, 'abroad') ||
    !(holds(study, 'recruit') || holds(study, 'pay-money') || holds(study, 'fee-money'))
  )
    return false;
  return !['state-body', 'study', 'scholarship', 'quoting'].some((concept) => holds(study, concept));
}

/** Kinds of offer where people were hurt before: never shown as unremarkable, whatever the words. */
const CARE: readonly (readonly string[])[] = [
  ['organ', 'organ-act', 'money'],
  ['surrogacy'],
  ['adopt', 'money'],
  ['boat', 'money'],
  ['night-venue-strong', 'woman'],
  ['marriage', 'abroad', 'money'],
  ['smuggle', 'europe'],
  ['smuggle', 'uk'],
  ['secrecy', 'go'],
  ['border', 'invite', 'go'],
];

function needsCare(study: OfferStudy): boolean {
  return (
    CARE.some((concepts) => concepts.every((concept) => holds(study, concept))) && !holds(study, 'quoting')
  );
}

/** True when the concept stands in the text unnegated, or follows from an answer. */
export function holds(study: OfferStudy, concept: string): boolean {
  return study.hits.flags.has(concept) || (study.hits.of.get(concept) ?? []).some((hit) => !hit.negated);
}
