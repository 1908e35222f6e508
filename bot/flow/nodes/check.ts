/** check: compares an offer or a company name with signals and register, and says what was found, why, and what to do tonight. */
import type { AgencyRow, OfferFacts, OfferResult } from '../../check/offer.ts';
import { checkOffer } from '../../check/check-offer.ts';
import { fillReferences } from '../../content/references.ts';
import { renderText } from '../../content/render.ts';
import { contextOf, type Draft, flowHere, sayText, setSlot, topOf } from '../../engine/draft.ts';
import type { CheckNode } from '../schema.ts';
import type { Slots } from '../slots.ts';
import type { NodeResult } from './result.ts';

/** More reasons than this are not read; the strongest come first. */
const MAX_REASONS_SHOWN = 6;
const MAX_TONIGHT_SHOWN = 3;

/** Slots of flows/check-offer.yaml → what the check takes. Choice ids are written with hyphens in flows. */
const FIELDS = [
  'text',
  'agency',
  'contact',
  'country',
  'work',
  'pay',
  'payment',
  'contract',
  'papers',
  'visa',
  'age',
] as const;
const FREE_TEXT: readonly string[] = ['text', 'agency', 'work', 'pay'];

export function enterCheck(draft: Draft, node: CheckNode): NodeResult {
  const { assets, world } = draft;
  const facts = node.check === 'agency' ? only(factsOf(draft), 'agency') : factsOf(draft);
  const result = checkOffer({ signals: assets.signals, register: assets.register }, facts, world.now);
  keepQuestion(draft, node, result);
  if (node.check !== 'agency') keepKind(draft, facts, result);
  if (node.check === 'missing') {
    setSlot(draft, 'offer_level', result.level);
    return { kind: 'goto', exit: result.level, node: node.exits[result.level] };
  }
  const say = (key: string, args: Record<string, string> = {}): string =>
    renderText(assets, contextOf(draft), key, 'text', args);
  const found =
    node.check === 'offer' ? reasonLines(draft, facts, result, say) : { lines: [], plain: [], tonight: [] };
  const register = registerLines(result, say);
  const tonight = [...found.tonight, say(`offer.tonight.${result.level}`)];
  if (node.check === 'offer') {
    const headline = say(`offer.level.${result.level}`);
    const reasons =
      found.lines.length === 0
        ? say('offer.no-reasons')
        : [say('offer.reasons-title'), ...found.lines].join('\n');
    sayText(draft, `offer.level.${result.level}`, `${headline}\n\n${reasons}`);
  }
  sayText(draft, `offer.register.${registerKey(result)}`, register);
  if (node.check === 'offer') {
    const lines = tonight.map((text) => say('offer.tonight-line', { text }));
    sayText(draft, `offer.tonight.${result.level}`, [say('offer.tonight-title'), ...lines].join('\n'));
    const bullets = (texts: readonly string[]): string => texts.map((text) => `• ${text}`).join('\n');
    const summary = {
      levelText: say(`offer.level.${result.level}`),
      reasons: bullets(found.plain),
      register: summaryRegister(result, say),
      tonight: bullets(tonight),
    };
    setSlot(draft, 'offer_summary', say('offer.summary', summary));
  }
  setSlot(draft, 'offer_level', result.level);
  draft.session.signals = result.signals.map(({ signal }) => signal);
  draft.events.push({
    type: 'offer_checked',
    level: result.level,
    reasons: result.signals.map((signal) => signal.signal),
    agency: result.agency.kind,
    agencyRows: result.agency.rows.map((row) => row.id),
    registerDate: result.agency.registerDate,
  });
  return { kind: 'goto', exit: result.level, node: node.exits[result.level] };
}

type Say = (key: string, args?: Record<string, string>) => string;

/** Reasons with the person's own words, the same without them (to share), and what to do tonight. */
function reasonLines(
  draft: Draft,
  facts: OfferFacts,
  result: OfferResult,
  say: Say,
): { lines: string[]; plain: string[]; tonight: string[] } {
  const shown = result.signals.slice(0, MAX_REASONS_SHOWN);
  const texts = shown.map((hit) => signalText(draft, hit.signal));
  const lines = shown.map((hit, index) => {
    const quote = hit.span === null ? '' : quoteOf(facts.text ?? '', hit.span.start, hit.span.end);
    return say('offer.reason-line', {
      reason: texts[index]?.reason ?? '',
      quote,
      hasQuote: quote === '' ? 'no' : 'yes',
    });
  });
  const tonight = [...new Set(texts.map((text) => text.tonight).filter((text) => text !== ''))].slice(
    0,
    MAX_TONIGHT_SHOWN,
  );
  const whole = result.readsLikeDanger ? [say('offer.reads-like-danger')] : [];
  return {
    lines: [
      ...lines,
      ...whole.map((reason) => say('offer.reason-line', { reason, quote: '', hasQuote: 'no' })),
    ],
    plain: [...texts.map((text) => text.reason), ...whole],
    tonight,
  };
}

function signalText({ assets, session, world }: Draft, id: string): { reason: string; tonight: string } {
  const signal = assets.signals.byId.get(id);
  if (signal === undefined) return { reason: '', tonight: '' };
  const tag = session.language === 'en' ? 'en' : 'vi';
  const said = (text: string): string => fillReferences(assets, tag, world.now, text);
  return { reason: said(signal.text.reason[tag]), tonight: said(signal.text.tonight[tag]) };
}

/** Longest quotation shown back, in UTF-16 units: a reason is recognised by a few words. */
const MAX_QUOTE_UTF16 = 60;

function quoteOf(text: string, start: number, end: number): string {
  const words = text.slice(start, end).replace(/\s+/g, ' ').trim();
  return words.length <= MAX_QUOTE_UTF16
    ? words
    : `${words.slice(0, words.lastIndexOf(' ', MAX_QUOTE_UTF16))}…`;
}

/** At most this many questions in one go; then the result is said again. */
const MAX_ASKED_IN_A_ROW = 4;
/** Ends a row of questions in `offer_asked`. */
const ROW_END = '|';

/** Keeps which guide fits, where the flow wants to know: the kind of offer, and the country it leads to. */
function keepKind(draft: Draft, facts: OfferFacts, result: OfferResult): void {
  const declared = slotsHere(draft);
  if (!('guide_kind' in declared) || !('guide_country' in declared)) return;
  const country = facts.country ?? result.extract.country;
  setSlot(draft, 'guide_kind', result.kind);
  setSlot(draft, 'guide_country', country === NO_COUNTRY ? null : country);
}

/** Abroad, but not said where. */
const NO_COUNTRY = 'XX';

function slotsHere(draft: Draft): Slots {
  const top = topOf(draft);
  return top === null ? {} : flowHere(draft, top).slots;
}

/** Keeps what would tell most now, where the flow wants to know: `offer_ask`, and in `offer_asked` what was asked before. */
function keepQuestion(draft: Draft, node: CheckNode, result: OfferResult): void {
  const declared = slotsHere(draft);
  if (!('offer_ask' in declared) || !('offer_asked' in declared)) return;
  const { offer_ask: last = null, offer_asked: kept = null } = draft.session.slots;
  const before = typeof kept === 'string' ? kept.split(' ').filter((word) => word !== '') : [];
  const isAnswer = node.check === 'missing' && typeof last === 'string';
  const asked = isAnswer ? [...before, last] : before.length === 0 ? [] : [...before, ROW_END];
  const inARow = asked.length - 1 - asked.lastIndexOf(ROW_END);
  const next = result.missing.find((field) => field !== 'text' && !asked.includes(field));
  const mayAsk = node.check !== 'missing' || inARow < MAX_ASKED_IN_A_ROW;
  setSlot(draft, 'offer_asked', asked.length === 0 ? null : asked.join(' '));
  setSlot(draft, 'offer_ask', mayAsk ? (next ?? null) : null);
}

/** Where the work is at home only a name that was found says anything: the list is of firms that send people abroad. */
function registerKey(result: OfferResult): string {
  if (result.place === 'home' && result.agency.kind !== 'exact') return 'home';
  return result.agency.kind === 'not_given' ? 'not-given' : result.agency.kind;
}

function registerLines(result: OfferResult, say: Say): string {
  const key = registerKey(result);
  if (key === 'home') return say('offer.register.home');
  const contact = contactLine(result, say);
  const where = say(result.place === 'home' ? 'offer.register.home' : 'offer.register.lookup');
  return [registerLine(result, say), ...(contact === null ? [] : [contact]), where].join('\n');
}

/** Whether the offer gives the same number or site as the list; a number of the list is named only where it was checked. */
function contactLine(result: OfferResult, say: Say): string | null {
  const { contact, rows, registerDate } = result.agency;
  if (contact.kind !== 'differs') return null;
  return say('offer.register.contact-differs', {
    name: rows[0]?.nameVi ?? '',
    date: shownDate(registerDate),
    call: contact.call ?? '',
    hasCall: contact.call === null ? 'no' : 'yes',
    site: contact.site ?? '',
    hasSite: contact.site === null ? 'no' : 'yes',
  });
}

function registerLine(result: OfferResult, say: Say): string {
  const { agency } = result;
  const row = agency.rows[0];
  return say(`offer.register.${registerKey(result)}`, {
    name: row?.nameVi ?? '',
    names: agency.rows.map((entry) => entry.nameVi).join('; '),
    mention: agency.mention ?? '',
    date: shownDate(agency.registerDate),
    old: agency.registerIsOld ? 'yes' : 'no',
    status: row?.status ?? 'active_unconfirmed',
    statusDate: shownDate(row === undefined ? agency.registerDate : statusDateOf(row)),
    several: agency.rows.length > 1 ? 'yes' : 'no',
  });
}

/** Some rows say "see note" for want of a date: then the date of their source is the honest one. */
function statusDateOf(row: AgencyRow): string {
  return /^\d{4}/.test(row.statusAsOf) ? row.statusAsOf : row.sourceDate;
}

/** The name a person typed may hold a person's name: a summary to share says only what the register says. */
function summaryRegister(result: OfferResult, say: Say): string {
  if (registerKey(result) === 'home') return say('offer.register.home');
  return result.agency.kind === 'exact'
    ? registerLine(result, say)
    : say(`offer.summary-register.${registerKey(result)}`, { date: shownDate(result.agency.registerDate) });
}

/** `2024-02-01` → `01/02/2024`, `2023-07` → `07/2023`; anything else stays as the source wrote it. */
export function shownDate(iso: string): string {
  return /^\d{4}(-\d{2}){0,2}/.exec(iso)?.[0].split('-').reverse().join('/') ?? iso;
}

function factsOf(draft: Draft): OfferFacts {
  const facts: Record<string, string> = {};
  for (const field of FIELDS) {
    const value = draft.session.slots[`offer_${field}`];
    if (typeof value !== 'string' || value === '') continue;
    facts[field] = FREE_TEXT.includes(field) ? value : value.replaceAll('-', '_');
  }
  return facts;
}

function only(facts: OfferFacts, field: 'agency'): OfferFacts {
  const value = facts[field];
  return value === undefined ? {} : { [field]: value };
}
