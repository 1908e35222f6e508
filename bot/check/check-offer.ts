/** Checks an offer: which warning signs it holds, what the register says, how grave it is, what to ask next. */
import { normalise } from '../understand/normalise.ts';
import type { Normalised, Span } from '../understand/text.ts';
import { matchAgency } from './agencies.ts';
import type { AgencyRegister } from './agencies.ts';
import { compareContact } from './agency-contact.ts';
import { findAgencyMention } from './agency-mention.ts';
import type { MentionFound } from './agency-mention.ts';
import { rateOffer } from './level.ts';
import { findConcepts } from './lexicon.ts';
import { findEvidence, holdsAll } from './match-signals.ts';
import type { AgencyMatch, OfferFacts, OfferResult, SignalHit } from './offer.ts';
import type { OfferDetails } from './read-details.ts';
import { readKind } from './offer-kind.ts';
import type { OfferStudy } from './offer-study.ts';
import { offerLikeness, raiseByLikeness } from './offer-likeness.ts';
import { addReadConcepts, readOffer, spanOf } from './read-offer.ts';
import type { CompiledSignal, SignalSet } from './signals.ts';

/** What the offer check works with; both are made once and never change. */
export interface OfferDeps {
  signals: SignalSet;
  register: AgencyRegister;
}

const FREE_TEXT_ANSWERS = ['work', 'pay'] as const;

/**
 * Pure. Every reason is true of the text or of an answer: `span` points to the words, `field` to the answer.
 * A name found in the register never lowers the level.
 */
export function checkOffer(deps: OfferDeps, facts: OfferFacts, now: Date): OfferResult {
  const study = studyOffer(deps, facts, now);
  const signals = findSignals(deps.signals, study, facts);
  const bySigns = rateOffer(signals, study);
  const level = isQuoting(study) ? bySigns : raiseByLikeness(bySigns, study.likeness, signals.length > 0);
  return {
    level,
    signals,
    readsLikeDanger: level !== bySigns,
    agency: study.agency,
    place: placeOf(study),
    kind: readKind(deps.signals, study, signals),
    extract: extractOf(study),
    missing: missingFields(study, facts),
  };
}

/** Reads text and answers together, so that the country of an answer counts for the pasted text. */
export function studyOffer(deps: OfferDeps, facts: OfferFacts, now: Date): OfferStudy {
  const own = facts.text ?? '';
  const answers = FREE_TEXT_ANSWERS.map((field) => facts[field] ?? '').filter((answer) => answer !== '');
  const text = normalise([own, ...answers].join('\n'));
  const ownTokens = text.tokens.filter((token) => token.start < own.length).length;
  const found = findConcepts(deps.signals.lexicon, text);
  const likeness = own === '' ? 0 : offerLikeness(deps.signals.likeness, text, found);
  const reading = readOffer(text, found, now);
  const flags = addReadConcepts(deps.signals, reading, found, facts.country);
  const mention = findAgencyMention(deps.register, text, now);
  const isAbroad = flags.has('abroad') || found.has('abroad');
  const given = (facts.agency ?? '').trim();
  const agency =
    given !== ''
      ? matchAgency(deps.register, given, now)
      : mention !== null && (isAbroad || mention.isExtended || mention.match.kind === 'exact')
        ? mention.match
        : matchAgency(deps.register, '', now);
  const contact = compareContact(
    own,
    agency.kind === 'exact' && agency.rows.length === 1 ? agency.rows[0] : undefined,
  );
  addAgencyConcepts(agency, mention, text, found, flags);
  if (contact.kind === 'differs') addSpan('contact-differs', mention?.span ?? null, text, found, flags);
  if (reading.licence?.isJobCentre === true)
    addSpan('job-centre-licence', reading.licence.span, text, found, flags);
  const hits = { tokens: text.tokens, of: found, flags };
  return { text, ownTokens, hits, reading, mention, agency: { ...agency, contact }, likeness };
}

type MutableHits = Map<string, { from: number; to: number; negated: boolean }[]>;

function addAgencyConcepts(
  agency: AgencyMatch,
  mention: MentionFound | null,
  text: Normalised,
  hits: MutableHits,
  flags: Set<string>,
): void {
  if (agency.kind === 'not_given') return;
  const concepts = ['agency-name'];
  const isSure = agency.kind === 'exact' && agency.rows.length === 1;
  if (!isSure) concepts.push('agency-unsure');
  if (isSure && agency.rows[0]?.status === 'fake') concepts.push('agency-fake');
  if (agency.rows.every((row) => row.recordType !== 'special_programme')) concepts.push('agency-firm');
  for (const concept of concepts) addSpan(concept, mention?.span ?? null, text, hits, flags);
}

function addSpan(
  concept: string,
  span: Span | null,
  text: Normalised,
  hits: MutableHits,
  flags: Set<string>,
): void {
  const from = span === null ? -1 : text.tokens.findIndex((token) => token.end > span.start);
  if (span === null || from < 0) {
    flags.add(concept);
    return;
  }
  const to = text.tokens.filter((token) => token.start < span.end).length;
  hits.set(concept, [{ from, to: Math.max(to, from + 1), negated: false }]);
}

/** Strongest first; each sign once. */
export function findSignals(set: SignalSet, study: OfferStudy, facts: OfferFacts): SignalHit[] {
  const quoted = isQuoting(study);
  const found: SignalHit[] = [];
  for (const signal of set.signals) {
    const hit = (quoted ? null : fromText(signal, study)) ?? fromAnswers(signal, study, facts);
    if (hit !== null) found.push(hit);
  }
  return found.sort((a, b) => Number(b.hard) - Number(a.hard) || b.weight - a.weight);
}

/** News, school work and warnings name every sign and offer nothing; an advertisement wants to be answered. */
function isQuoting(study: OfferStudy): boolean {
  const holds = (concept: string) => (study.hits.of.get(concept) ?? []).some((hit) => !hit.negated);
  return holds('quoting') && !holds('answer-me');
}

function fromText(signal: CompiledSignal, study: OfferStudy): SignalHit | null {
  for (const pattern of signal.patterns) {
    const evidence = findEvidence(study.hits, pattern);
    if (evidence === null) continue;
    if (evidence.from === evidence.to) return toHit(signal, null, 'agency');
    if (evidence.from >= study.ownTokens) return toHit(signal, null, answerAt(study, evidence.from));
    return toHit(signal, spanOf(study.text.tokens, evidence), null);
  }
  return null;
}

function answerAt(study: OfferStudy, token: number): keyof OfferFacts {
  const start = study.text.tokens[token]?.start ?? 0;
  const lastLine = study.text.raw.lastIndexOf('\n');
  return start > lastLine ? 'pay' : 'work';
}

function fromAnswers(signal: CompiledSignal, study: OfferStudy, facts: OfferFacts): SignalHit | null {
  for (const answer of signal.answers) {
    const given = facts[answer.field];
    if (given === undefined || !answer.is.includes(given)) continue;
    if (holdsAll(study.hits, answer.with, answer.unless)) return toHit(signal, null, answer.field);
  }
  return null;
}

function toHit(signal: CompiledSignal, span: Span | null, field: keyof OfferFacts | null): SignalHit {
  const { id, weight, hard } = signal.text;
  return { signal: id, weight, hard, reasonKey: `signal.${id}.reason`, span, field };
}

function placeOf({ hits }: OfferStudy): OfferResult['place'] {
  if (hits.flags.has('abroad') || (hits.of.get('abroad') ?? []).some((hit) => !hit.negated)) return 'abroad';
  return hits.of.has('in-vietnam') || hits.flags.has('in-vietnam') ? 'home' : 'unknown';
}

function extractOf(study: OfferStudy): OfferResult['extract'] {
  const { reading, text } = study;
  const slice = (span: Span | null) => (span === null ? null : text.raw.slice(span.start, span.end));
  const abroad = reading.places.filter((place) => place.country !== 'VN');
  const named = abroad.find((place) => place.country !== 'XX') ?? abroad[0] ?? reading.places[0];
  return {
    country: named?.country ?? null,
    work: slice(reading.work),
    pay: reading.pay === null ? null : slice(spanOf(text.tokens, reading.pay)),
    fee: reading.fee === null ? null : slice(spanOf(text.tokens, reading.fee)),
    contact: slice(reading.contact),
    licence: slice(reading.licence?.span ?? null),
    agency: slice(study.mention?.span ?? null),
    ...mapDetails(reading.details, slice),
  };
}

function mapDetails(
  details: OfferDetails,
  slice: (span: Span | null) => string | null,
): Record<keyof OfferDetails, string | null> {
  return {
    site: slice(details.site),
    account: slice(details.account),
    age: slice(details.age),
    sex: slice(details.sex),
    date: slice(details.date),
    visa: slice(details.visa),
    papers: slice(details.papers),
  };
}

/** Most telling first, for work abroad and for work at home. */
const ASK_ABROAD = [
  'agency',
  'visa',
  'contract',
  'payment',
  'papers',
  'country',
  'age',
  'contact',
  'work',
  'pay',
] as const;
const ASK_AT_HOME = ['age', 'papers', 'payment', 'contract', 'contact', 'work', 'pay', 'agency'] as const;

function missingFields(study: OfferStudy, facts: OfferFacts): (keyof OfferFacts)[] {
  const { hits, reading } = study;
  const isAbroad = placeOf(study) === 'abroad';
  const isKnown: Partial<Record<keyof OfferFacts, boolean>> = {
    agency: study.agency.kind !== 'not_given',
    country: reading.places.some((place) => place.country !== 'XX'),
    work: reading.work !== null,
    pay: reading.pay !== null,
    age: reading.minorAges.length > 0,
    visa: reading.details.visa !== null || hits.of.has('tourist'),
    payment: reading.fee !== null || hits.of.has('deposit'),
    papers: reading.details.papers !== null,
    contract: hits.of.has('contract-bad') || /hop dong|contract/u.test(study.text.folded),
    contact: hits.of.has('kin') || hits.of.has('stranger') || hits.of.has('school'),
  };
  const order: readonly (keyof OfferFacts)[] =
    isAbroad || !hits.of.has('in-vietnam') ? ASK_ABROAD : ASK_AT_HOME;
  return order.filter((field) => (facts[field] ?? '') === '' && isKnown[field] !== true);
}
