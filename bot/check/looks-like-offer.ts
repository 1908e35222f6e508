/** Tells a pasted advertisement or a described offer from a greeting, a question about rules, or a call for help. */
import { findSignals, studyOffer } from './check-offer.ts';
import type { OfferDeps } from './check-offer.ts';
import { holds } from './level.ts';
import type { Normalised } from '../understand/text.ts';

const MIN_WORDS = 4;
/** Enough marks of an offer; measured on the offer lists and on messages that are none. */
const ENOUGH = 3;

/** A question about rules uses the same words; it needs an offer around it. */
const ENOUGH_IN_A_QUESTION = 6.5;
const SIGN_WEIGHT = 1.5;
const OFFER_GROUPS = new Set(['promise', 'recruiter', 'money', 'route']);
const SHORT_WORDS = 11;

/** What makes a text an offer. The first group opens it, the second fills it. */
const OPENERS: readonly (readonly [string, number])[] = [
  ['recruit', 2],
  ['marriage-broker', 2],
  ['surrogacy', 2],
  ['smuggle', 1],
  ['invite', 1],
  ['organ-act', 1],
  ['adopt', 2],
  ['scholarship', 1],
  ['study', 1],
  ['exit-notice', 2],
  ['boat', 1],
  ['online-task', 2],
  ['model', 1],
  ['deposit', 1],
  ['advance', 1],
  ['irregular-path', 1],
  ['tourist', 1],
  ['broker', 1],
  ['minor-age', 1],
  ['staff-claim', 1],
  ['hide', 1],
  ['offer-word', 1],
  ['go', 0.5],
  ['work', 0.5],
];
const FILLERS: readonly (readonly [string, number])[] = [
  ['pay-money', 1],
  ['fee-money', 1],
  ['money', 0.5],
  ['pay', 0.5],
  ['job', 1],
  ['call-centre-job', 0.5],
  ['abroad', 1],
  ['board', 1],
  ['answer-me', 0.5],
  ['night-venue-strong', 1],
  ['organ', 1],
  ['marriage', 1],
  ['baby', 0.5],
  ['no-need', 0.5],
  ['hurry', 0.5],
  ['passport-paper', 0.5],
  ['agency-name', 0.5],
];

/**
 * True for a pasted ad or an offer told in own words; false for greetings, knowledge questions, requests to start a
 * check, and for people who tell what is happening to them: those are for the safety scan.
 */
export function looksLikeOffer(text: string, deps: OfferDeps): boolean {
  const study = studyOffer(deps, { text }, new Date(deps.register.registerDate));
  if (study.text.tokens.length < MIN_WORDS || study.hits.of.has('in-trouble') || holds(study, 'quoting'))
    return false;
  const sum = (marks: readonly (readonly [string, number])[]) =>
    marks.reduce((total, [concept, weight]) => total + (holds(study, concept) ? weight : 0), 0);
  const named = sum(OPENERS);
  const fillers = sum(FILLERS);
  // looking for warning signs is the dear part, and they cannot make up for everything else
  if (named + SIGN_WEIGHT + fillers < ENOUGH) return false;
  const hasSign = findSignals(deps.signals, study, {}).some((hit) =>
    OFFER_GROUPS.has(groupOf(deps, hit.signal)),
  );
  const openers = named + (hasSign ? SIGN_WEIGHT : 0);
  const isQuestion = study.hits.of.has('asking-rules') || isShortQuestion(study.text);
  return openers >= 1 && openers + fillers >= (isQuestion ? ENOUGH_IN_A_QUESTION : ENOUGH);
}

/** Longest text that only names a subject, in words. */
const SUBJECT_WORDS = 9;
/** Somebody offers, or an amount is said: then it is more than a subject. */
const OFFERING = ['recruit', 'invite', 'money', 'pay-money', 'fee-money', 'answer-me', 'board', 'minor-age'];

/** True for a few words that name a kind of offer without anybody offering it: "bán thận", "em muốn đi Nhật cần giấy gì". */
export function namesOnlyASubject(text: string, deps: OfferDeps): boolean {
  const study = studyOffer(deps, { text }, new Date(deps.register.registerDate));
  return study.text.tokens.length <= SUBJECT_WORDS && !OFFERING.some((concept) => holds(study, concept));
}

/** Said by an offer, whichever part of it: one is enough in a text that is no whole offer of its own. */
const PARTS = [
  'pay-money',
  'fee-money',
  'deposit',
  'board',
  'job',
  'abroad',
  'passport-paper',
  'advance',
  'tourist',
  'secrecy',
  'hurry',
  'contract-bad',
  'agency-name',
  'no-need',
  'minor-age',
];
/** From so many words on, with somebody recruiting in it, it is another offer. */
const WHOLE_OFFER_WORDS = 14;

/** True for a text that goes on with an offer: "lương 20tr bao ăn ở", "họ giữ hộ chiếu nha"; false for a question and for a new offer. */
export function isOfferPart(text: string, deps: OfferDeps): boolean {
  const study = studyOffer(deps, { text }, new Date(deps.register.registerDate));
  const { hits } = study;
  if (hits.of.has('in-trouble') || hits.of.has('asking-rules') || holds(study, 'quoting')) return false;
  if (isShortQuestion(study.text)) return false;
  if (study.text.tokens.length >= WHOLE_OFFER_WORDS && holds(study, 'recruit')) return false;
  return PARTS.some((concept) => holds(study, concept)) || findSignals(deps.signals, study, {}).length > 0;
}

function groupOf(deps: OfferDeps, id: string): string {
  return deps.signals.byId.get(id)?.text.group ?? '';
}

/** "bán thận có phạm pháp không": few words, asked at the end, no amount, nobody recruiting. */
function isShortQuestion(text: Normalised): boolean {
  const last = text.tokens.at(-1);
  return text.tokens.length <= SHORT_WORDS && (last?.folded === 'khong' || text.raw.trim().endsWith('?'));
}
