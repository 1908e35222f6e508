/** Reads content/desk.yaml: how soon people are to be answered, what who waits is told, where the bot may go on. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Assets, RISK_LEVELS, type RiskLevel } from '../bot/index.ts';
import { AppError } from './errors.ts';

export const DESK_RULES_PATH = 'content/desk.yaml';

const Minutes = z.number().positive().max(10_000);
const Key = z.string().regex(/^[a-z][a-z0-9.-]{1,80}$/, 'a key of a text looks like desk.changed');
const Title = z.string().trim().min(1).max(60);
const Weight = z.number().min(0).max(1000);
const ClockSchema = z
  .strictObject({ amber: Minutes, red: Minutes })
  .refine(({ amber, red }) => amber < red, 'amber comes before red');

export const DeskRulesSchema = z.strictObject({
  /** minutes from asking */
  answer_within: z.strictObject({
    imminent: ClockSchema,
    high: ClockSchema,
    concern: ClockSchema,
    none: ClockSchema,
  }),
  still_waiting: z.strictObject({
    say: Key,
    /** since they asked, rising; after the last one nothing is said any more */
    after_minutes: z
      .array(Minutes)
      .max(20)
      .refine((steps) => steps.every((step, at) => at === 0 || step > (steps[at - 1] ?? 0)), 'rises'),
    gap_minutes: Minutes,
  }),
  /** the grace of a silent browser: at least three signs of life */
  gone_after_seconds: z.number().int().min(60).max(3600),
  care: z.strictObject({
    exposure_weight: z.strictObject({ imminent: Weight, high: Weight, concern: Weight, none: Weight }),
    load_days: z.number().int().min(1).max(31),
    break_after_minutes: Minutes,
    remind_again_minutes: Minutes,
    debrief_after: z.array(z.enum(RISK_LEVELS)),
    debrief_days: z.number().int().min(1).max(90),
  }),
  abuse: z.strictObject({
    warning: Key,
    /** id of one of `entry_flows` */
    then: z.string(),
  }),
  changed: Key,
  lost: Key,
  entry_flows: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
        flow: z.string().min(1),
        node: z.string().min(1).optional(),
        title: z.strictObject({ vi: Title, en: Title }),
      }),
    )
    .max(20)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'has each id once'),
});
export type DeskRules = z.infer<typeof DeskRulesSchema>;

export type DeskRulesResult = { ok: true; rules: DeskRules } | { ok: false; faults: readonly string[] };

/** @returns every fault with the place of the value, or the rules */
export function parseDeskRules(text: string): DeskRulesResult {
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0)
    return { ok: false, faults: document.errors.map(({ message }) => message.split('\n')[0] ?? 'no YAML') };
  const parsed = DeskRulesSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (parsed.success) return { ok: true, rules: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(
      ({ path: place, message }) => `${place.map(String).join('.') || 'file'}: ${message}`,
    ),
  };
}

/** What the rules name and the content does not have. */
export function findDeskFaults(rules: DeskRules, assets: Assets): readonly string[] {
  const texts = [rules.still_waiting.say, rules.changed, rules.lost, rules.abuse.warning].flatMap((key) =>
    assets.languages
      .filter((language) => assets.messages.get(language)?.has(key) !== true)
      .map((language) => `there is no text ${key} in ${language}`),
  );
  const flows = rules.entry_flows.flatMap(({ id, flow, node }) => {
    const found = assets.flows.get(flow);
    if (found === undefined) return [`entry_flows ${id}: there is no flow ${flow}`];
    return node === undefined || found.nodes.has(node) ? [] : [`entry_flows ${id}: ${flow} has no ${node}`];
  });
  const { then } = rules.abuse;
  const isEntry = rules.entry_flows.some(({ id }) => id === then);
  return [...texts, ...flows, ...(isEntry ? [] : [`abuse.then: there is no entry_flows ${then}`])];
}

/** @throws AppError `assets_broken` with every fault */
export async function loadDeskRules(root: string, assets: Assets): Promise<DeskRules> {
  const result = parseDeskRules(await readFile(path.join(root, DESK_RULES_PATH), 'utf8'));
  const faults = result.ok ? findDeskFaults(result.rules, assets) : result.faults;
  if (result.ok && faults.length === 0) return result.rules;
  throw new AppError(
    'assets_broken',
    `\n${faults.map((fault) => `  ${DESK_RULES_PATH}: ${fault}`).join('\n')}`,
  );
}

/** When the clock of somebody who waits turns amber, and red. */
export function answerClock(
  rules: DeskRules,
  risk: RiskLevel,
  waitingSince: Date,
): { amberAt: Date; redAt: Date } {
  const { amber, red } = rules.answer_within[risk];
  const after = (minutes: number): Date => new Date(waitingSince.getTime() + minutes * 60_000);
  return { amberAt: after(amber), redAt: after(red) };
}

/** Minutes until red, in the order of RISK_LEVELS. */
export function redMinutes(rules: DeskRules): readonly { risk: RiskLevel; minutes: number }[] {
  return RISK_LEVELS.map((risk) => ({ risk, minutes: rules.answer_within[risk].red }));
}
