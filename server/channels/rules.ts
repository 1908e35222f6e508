/** Reads content/registers/channel-rules.yaml: when a channel lets us write, and what we allow ourselves there. */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { CHANNELS, type ChannelName } from './adapter.ts';

export const CHANNEL_RULES_PATH = 'content/registers/channel-rules.yaml';

const IsoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date looks like 2026-11-22');
const Hours = z.number().positive().max(10_000);
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day looks like 22:00');
const Zone = z.string().refine(isZone, 'is no time zone, e.g. Asia/Ho_Chi_Minh');

const ChannelRuleSchema = z.strictObject({
  channel: z.enum(CHANNELS),
  /** hours after the person's last message; null = no end */
  answer_hours: Hours.nullable(),
  /** a counsellor's own words; missing = `answer_hours` */
  people_hours: Hours.optional(),
  free: z.strictObject({ messages: z.int().positive(), hours: Hours }).optional(),
  /** `reserve_for_people`: share of the month's messages, 0 to 1 */
  quota: z.strictObject({ reserve_for_people: z.number().min(0).max(1), zone: Zone }).optional(),
  source: z.string().min(1),
  checked: IsoDate,
  expires: IsoDate,
  mark: z.enum(['C', '1', 'U']),
});
export type ChannelRule = z.infer<typeof ChannelRuleSchema>;

export const ChannelRulesSchema = z.strictObject({
  channels: z
    .array(ChannelRuleSchema)
    .refine(
      (rules) => CHANNELS.every((channel) => rules.filter((rule) => rule.channel === channel).length === 1),
      'has each channel exactly once',
    ),
  quiet_hours: z.strictObject({ from: TimeOfDay, to: TimeOfDay, zone: Zone }),
  closing_soon_minutes: z.number().positive(),
  platform_quiet_minutes: z.number().positive(),
});
export type ChannelRules = z.infer<typeof ChannelRulesSchema>;

export type RulesResult = { ok: true; rules: ChannelRules } | { ok: false; faults: readonly string[] };

/** @returns every fault with the place of the value, or the rules */
export function parseChannelRules(text: string): RulesResult {
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0)
    return { ok: false, faults: document.errors.map(({ message }) => message.split('\n')[0] ?? 'no YAML') };
  const parsed = ChannelRulesSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (parsed.success) return { ok: true, rules: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'file'}: ${message}`,
    ),
  };
}

/** @throws RangeError for a channel without a rule, which the schema does not let happen */
export function ruleOf(rules: ChannelRules, channel: string): ChannelRule {
  const rule = rules.channels.find((one) => one.channel === channel);
  if (rule === undefined) throw new RangeError(`no rule for channel ${channel}`);
  return rule;
}

/** Channels whose rule nobody has looked at again in time. */
export function listExpired(rules: ChannelRules, now: Date): readonly ChannelName[] {
  const today = now.toISOString().slice(0, 10);
  return rules.channels.filter(({ expires }) => expires <= today).map(({ channel }) => channel);
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
