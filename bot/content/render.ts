/** Turns a message key into the text a person reads: language, quiet variant, placeholders, numbers for where they are. */
import type { Choice, SessionMode } from '../engine/events.ts';
import type { SlotValue } from '../engine/session.ts';
import type { Assets } from './assets.ts';
import { type Message, type MessageArgs, type Template, UNDATED } from './messages.ts';
import { nextShiftArgs, type PlannedShift } from './next-shift.ts';
import { hotlinesFor, type Hotline } from './registers.ts';
import { servicesToName } from './services.ts';

export interface Rendered {
  key: string;
  text: string;
  choices: readonly Choice[];
  language: string;
}

/** Where the person is, as texts ask for it. */
export type PersonPlace = 'vn' | 'abroad' | 'unknown';

export interface RenderContext {
  language: string;
  mode: SessionMode;
  now: Date;
  staffed: boolean;
  /** shifts planned for the next days; missing = none */
  shifts?: readonly PlannedShift[];
  slots: Readonly<Record<string, SlotValue>>;
  /** what the running flow was handed as a subflow; before the slots of the same name */
  args: Readonly<Record<string, SlotValue>>;
}

/** `retry` = in other words, `invalid` = the answer was none of the kind asked for; where the message has one. */
export type TextVariant = 'text' | 'retry' | 'invalid';

/** Said in quiet mode for every text that has no quiet variant of its own. */
const QUIET_FALLBACK = 'system.quiet-ack';

/**
 * Renders one message outside a turn (server notices, the safe message).
 * @param args values for the ICU placeholders
 * @returns the text in `language`, or in its fallback where it is missing
 * @throws Error when the key exists in no language
 */
export function render(
  assets: Assets,
  key: string,
  language: string,
  now: Date,
  args: MessageArgs = {},
): Rendered {
  const context: RenderContext = { language, mode: 'normal', now, staffed: true, slots: {}, args: {} };
  return { key, text: renderText(assets, context, key, 'text', args), choices: [], language };
}

/** @throws Error when the key exists in no language */
export function renderText(
  assets: Assets,
  context: RenderContext,
  key: string,
  variant: TextVariant,
  args: MessageArgs = {},
): string {
  const message = findMessage(assets, context.language, key);
  if (context.mode === 'quiet') {
    if (message.quiet !== null) return message.quiet(fillArgs(assets, context, message, args), context.now);
    if (key !== QUIET_FALLBACK)
      return renderText(assets, { ...context, mode: 'normal' }, QUIET_FALLBACK, 'text', args);
  }
  return templateOf(message, variant)(fillArgs(assets, context, message, args), context.now);
}

function templateOf(message: Message, variant: TextVariant): Template {
  if (variant === 'text') return message.text;
  if (variant === 'invalid' && message.invalid !== null) return message.invalid;
  return message.retry ?? message.text;
}

/** The recording of a text in this very language (a fallback's voice would say something else); never in quiet mode. */
export function audioOf(
  assets: Assets,
  context: RenderContext,
  key: string,
  variant: TextVariant,
): string | null {
  if (context.mode === 'quiet' || variant !== 'text') return null;
  return assets.messages.get(context.language)?.get(key)?.audio ?? null;
}

/** Says in Vietnamese, and by a sign, that what follows is Vietnamese: the person chose another language. */
const IN_VIETNAMESE = 'system.in-vietnamese';

/**
 * What stands before a text that does not exist in the language of the conversation. Nothing in quiet mode: a line that is
 * different draws the eye.
 */
export function fallbackMark(assets: Assets, context: RenderContext, key: string): string {
  const isThere = assets.messages.get(context.language)?.has(key) === true;
  if (isThere || context.mode === 'quiet') return '';
  return `${findMessage(assets, 'vi', IN_VIETNAMESE).text({}, context.now)}\n`;
}

/** @throws Error when the key exists in no language */
export function findMessage(assets: Assets, language: string, key: string): Message {
  for (const tag of [language, ...(assets.fallbacks.get(language) ?? []), 'vi']) {
    const message = assets.messages.get(tag)?.get(key);
    if (message !== undefined) return message;
  }
  throw new Error(`no text for ${key}`);
}

/** Label and typed forms of a choice: the message's own, else the common `choice.<id>`. */
export function choiceText(
  assets: Assets,
  language: string,
  key: string,
  id: string,
): { label: string; typed: readonly string[] } {
  const own = findMessage(assets, language, key).choices.get(id);
  if (own !== undefined) return own;
  const common = findMessage(assets, language, `choice.${id}`);
  return { label: common.text({}, UNDATED), typed: common.typed };
}

export function placeOf(slots: Readonly<Record<string, SlotValue>>): PersonPlace {
  const value = slots['person_country'];
  if (typeof value !== 'string') return 'unknown';
  const code = value.toUpperCase();
  if (code === 'VN') return 'vn';
  return code === 'ABROAD' || /^[A-Z]{2}$/.test(code) ? 'abroad' : 'unknown';
}

/** Only what the text really uses is worked out: most texts have no placeholder. */
function fillArgs(assets: Assets, context: RenderContext, message: Message, args: MessageArgs): MessageArgs {
  if (message.placeholders.size === 0) return args;
  const filled: Record<string, string | number> = {};
  for (const name of message.placeholders) {
    filled[name] = args[name] ?? computed(assets, context, name) ?? slotText(context, name);
  }
  return filled;
}

function slotText(context: RenderContext, name: string): string | number {
  const value = context.args[name] ?? context.slots[name];
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return sayParts(value);
  return value;
}

/** Money as it is written in Vietnam ("20.000.000 VND"), a place as the person said it. */
function sayParts(value: Readonly<Record<string, string | number | boolean | null>>): string {
  const { amount, currency, said } = value;
  if (typeof amount === 'number' && typeof currency === 'string')
    return `${String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, '.')} ${currency}`;
  return typeof said === 'string' ? said : '';
}

function computed(assets: Assets, context: RenderContext, name: string): string | null {
  switch (name) {
    case 'staffed':
      return context.staffed ? 'yes' : 'no';
    case 'place':
      return placeOf(context.slots);
    case 'country':
      return countryName(assets, context);
    case 'numbers':
      return numbersBlock(assets, context);
    case 'shortNumbers':
      return shortNumbers(assets, context);
    case 'nextShift':
      return nextShift(assets, context);
    case 'provinceNow':
      return provinceNow(assets, context);
    case 'services':
      return servicesBlock(assets, context);
    case 'familyNumbers':
      return familyNumbers(assets, context);
    default:
      return null;
  }
}

function countryName(assets: Assets, context: RenderContext): string {
  const code = countryCode(context);
  const country = assets.countries.find((entry) => entry.code === code);
  if (country === undefined) return '';
  return context.language === 'en' ? country.name.en : country.name.vi;
}

/** The province of today that the slot `home_province` holds, with what became part of it; empty when there is none. */
function provinceNow(assets: Assets, context: RenderContext): string {
  const province = assets.provinces.find(({ id }) => id === context.slots['home_province']);
  if (province === undefined) return '';
  const name = context.language === 'en' ? province.name.en : province.name.vi;
  const key = province.formerly.length === 0 ? 'find-province.same' : 'find-province.merged';
  const args = { name, former: province.formerly.join(', ') };
  return renderText(assets, { ...context, mode: 'normal' }, key, 'text', args);
}

/** One line for each service that is named to people, with what one gets there. */
function servicesBlock(assets: Assets, context: RenderContext): string {
  const tag = context.language === 'en' ? 'en' : 'vi';
  return servicesToName(assets.services, context.now)
    .map(({ name, does }) => `• ${name[tag]}: ${does[tag]}.`)
    .join('\n');
}

/** One line per number, under a heading when it is not known where the person is. */
export function numbersBlock(assets: Assets, context: RenderContext): string {
  const say = (key: string): string => renderText(assets, { ...context, mode: 'normal' }, key, 'text');
  const lines = (country: string): string[] =>
    hotlinesFor(assets.hotlines, country, context.now).map((hotline) =>
      hotlineLine(assets, context, hotline),
    );
  const abroad = (country: string): string[] => [say('numbers.local-police'), ...lines(country)];
  switch (placeOf(context.slots)) {
    case 'vn':
      return lines('VN').join('\n');
    case 'abroad':
      return abroad(countryCode(context)).join('\n');
    case 'unknown':
      return [say('numbers.heading-vn'), ...lines('VN'), say('numbers.heading-abroad'), ...abroad('')].join(
        '\n',
      );
  }
}

/** One number with who answers, cost and hours. */
export function hotlineLine(assets: Assets, context: RenderContext, hotline: Hotline): string {
  return renderText(assets, { ...context, mode: 'normal' }, 'numbers.line', 'text', {
    number: hotline.shown ?? hotline.number ?? '',
    label: labelOf(hotline, context.language),
  });
}

function countryCode(context: RenderContext): string {
  const code = context.slots['person_country'];
  return typeof code === 'string' ? code.toUpperCase() : '';
}

/**
 * Numbers for somebody in Vietnam whose relative is in `family_country`: none that works only over there. First the ministry,
 * which can be called from anywhere, then what may be shown of that country.
 */
function familyNumbers(assets: Assets, context: RenderContext): string {
  const country = context.slots['family_country'];
  const code = typeof country === 'string' ? country.toUpperCase() : '';
  const all = hotlinesFor(assets.hotlines, code, context.now);
  const reachable = code === 'VN' ? all : all.filter(({ number }) => number?.startsWith('+') === true);
  const isOfMinistry = ({ country: where }: Hotline): boolean => where === 'ANY';
  return [...reachable.filter(isOfMinistry), ...reachable.filter((hotline) => !isOfMinistry(hotline))]
    .map((hotline) => hotlineLine(assets, context, hotline))
    .join('\n');
}

function shortNumbers(assets: Assets, context: RenderContext): string {
  return renderText(assets, { ...context, mode: 'normal' }, 'numbers.short', 'text');
}

/** A sentence and a space while nobody is on duty and a shift is planned; else nothing, since nothing is promised. */
function nextShift(assets: Assets, context: RenderContext): string {
  if (context.staffed) return '';
  const args = nextShiftArgs(context.shifts ?? [], context.language, context.now);
  if (args === null) return '';
  return `${renderText(assets, { ...context, mode: 'normal' }, 'system.next-shift', 'text', args)} `;
}

function labelOf(hotline: Hotline, language: string): string {
  if (hotline.label !== undefined) return language === 'en' ? hotline.label.en : hotline.label.vi;
  return language === 'en' ? hotline.name_en : hotline.name_vi;
}
