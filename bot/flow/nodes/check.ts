/** check: compares an offer or a company name with signals and register, and says what was found, why, and what to do tonight. */
import type { AgencyRow, OfferFacts, OfferResult } from '../../check/offer.ts';
import { checkOffer } from '../../check/check-offer.ts';
import { type Assets } from '../../content/assets.ts';
import { renderText } from '../../content/render.ts';
import { contextOf, type Draft, sayText, setSlot } from '../../engine/draft.ts';
import type { CheckNode } from '../schema.ts';
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
  const say = (key: string, args: Record<string, string> = {}): string =>
    renderText(assets, contextOf(draft), key, 'text', args);
  const found =
    node.check === 'offer' ? reasonLines(draft, facts, result, say) : { lines: [], plain: [], tonight: [] };
  const register = registerLine(result, say);
  const tonight = [...found.tonight, say(`offer.tonight.${result.level}`)];
  if (node.check === 'offer') {
    const headline = say(`offer.level.${result.level}`);
    const reasons =
      found.lines.length === 0
        ? say('offer.no-reasons')
        : [say('offer.reasons-title'), ...found.lines].join('\n');
    sayText(draft, `offer.level.${result.level}`, `${headline}\n\n${reasons}`);
  }
  sayText(draft, `offer.register.${registerKey(result)}`, `${register}\n${say('offer.register.lookup')}`);
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
  const texts = shown.map((hit) => signalText(draft.assets, hit.signal, draft.session.language));
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
  return { lines, plain: texts.map((text) => text.reason), tonight };
}

function signalText(assets: Assets, id: string, language: string): { reason: string; tonight: string } {
  const signal = assets.signals.byId.get(id);
  if (signal === undefined) return { reason: '', tonight: '' };
  const tag = language === 'en' ? 'en' : 'vi';
  return { reason: signal.text.reason[tag], tonight: signal.text.tonight[tag] };
}

/** Longest quotation shown back, in UTF-16 units: a reason is recognised by a few words. */
const MAX_QUOTE_UTF16 = 60;

function quoteOf(text: string, start: number, end: number): string {
  const words = text.slice(start, end).replace(/\s+/g, ' ').trim();
  return words.length <= MAX_QUOTE_UTF16
    ? words
    : `${words.slice(0, words.lastIndexOf(' ', MAX_QUOTE_UTF16))}…`;
}

function registerKey(result: OfferResult): string {
  return result.agency.kind === 'not_given' ? 'not-given' : result.agency.kind;
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
