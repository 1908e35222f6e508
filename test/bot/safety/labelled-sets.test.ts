/** The danger scan on the labelled sets of test/data/risk: fails when it falls below what was reached. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { compileDangerRules } from '../../../bot/safety/rules.ts';
import { scanDanger } from '../../../bot/safety/scan.ts';
import { fold } from '../../../bot/understand/normalise.ts';
import { readSafetyContent } from './content.ts';

const content = readSafetyContent();
const rules = compileDangerRules(content);

const RowSchema = z.object({
  id: z.string(),
  before: z.array(z.string()).default([]),
  text: z.string(),
  risk_level: z.enum(['none', 'concern', 'high', 'imminent']),
});
type Row = z.infer<typeof RowSchema>;

function readSet(name: string): Row[] {
  return readFileSync(new URL(`../../data/risk/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => RowSchema.parse(JSON.parse(line)));
}

/** `raised`, `asked` or `calm`: the strongest the messages of a few minutes come to. */
function decide(row: Row, change: (text: string) => string): 'raised' | 'asked' | 'calm' {
  const texts = [...row.before, row.text].map(change);
  const scans = texts.map((_, at) => scanDanger(rules, texts.slice(0, at + 1)));
  if (scans.some(({ level }) => level === 'high' || level === 'imminent')) return 'raised';
  return scans.some(({ ask }) => ask) ? 'asked' : 'calm';
}

function measure(rows: readonly Row[], change: (text: string) => string = (text) => text) {
  const judged = rows.map((row) => ({ level: row.risk_level, decision: decide(row, change) }));
  const share = (
    levels: readonly string[],
    decisions: readonly string[],
    without: readonly string[] = [],
  ) => {
    const chosen = judged.filter(
      ({ level, decision }) => levels.includes(level) && !without.includes(decision),
    );
    return chosen.filter(({ decision }) => decisions.includes(decision)).length / Math.max(1, chosen.length);
  };
  return {
    // whoever is asked is neither missed nor alarmed
    urgentRecall: share(['high', 'imminent'], ['raised'], ['asked']),
    imminentSeen: share(['imminent'], ['raised', 'asked']),
    falseAlarm: share(['none'], ['raised']),
    overAlarm: share(['concern'], ['raised']),
    asked: share(['none'], ['asked']),
  };
}

describe('labelled messages', () => {
  // dev is learned from; held was written by another plan and never tuned on, so it is the honest one; both are harder
  // than an ordinary week, because most harmless rows carry an alarming word
  it.each([
    ['dev', { recall: 0.98, seen: 0.99, falseAlarm: 0.01, overAlarm: 0.02, asked: 0.08 }],
    ['held', { recall: 0.95, seen: 0.97, falseAlarm: 0.041, overAlarm: 0.07, asked: 0.125 }],
  ])('keeps what was reached on %s', (name, least) => {
    const figures = measure(readSet(name));
    expect(figures.urgentRecall).toBeGreaterThanOrEqual(least.recall);
    expect(figures.imminentSeen).toBeGreaterThanOrEqual(least.seen);
    expect(figures.falseAlarm).toBeLessThanOrEqual(least.falseAlarm);
    expect(figures.overAlarm).toBeLessThanOrEqual(least.overAlarm);
    expect(figures.asked).toBeLessThanOrEqual(least.asked);
  });

  it('raises hardly ever over ordinary comments', () => {
    const figures = measure(readSet('social'));
    expect(figures.falseAlarm).toBeLessThanOrEqual(0.012);
    expect(figures.asked).toBeLessThanOrEqual(0.06);
  });

  it('sees as much when people leave out the diacritics', () => {
    const rows = readSet('held');
    const spelt = measure(rows);
    const bare = measure(rows, fold);
    expect(bare.urgentRecall).toBeGreaterThanOrEqual(spelt.urgentRecall - 0.03);
    expect(bare.imminentSeen).toBeGreaterThanOrEqual(spelt.imminentSeen - 0.03);
  });

  it('gives the trained part every message of dev, on the side of its label', () => {
    const FileSchema = z.object({
      examples: z.object({ urgent: z.array(z.string()), harmless: z.array(z.string()) }),
    });
    const file = content.find(({ path }) => path === 'content/safety/messages.yaml');
    const { urgent, harmless } = FileSchema.parse(file?.data).examples;
    const isUrgent = (row: Row) => row.risk_level === 'high' || row.risk_level === 'imminent';
    // messages in pieces are read in pieces, the examples are whole
    const whole = readSet('dev').filter((row) => row.before.length === 0);
    expect(urgent).toEqual(whole.filter(isUrgent).map((row) => row.text));
    expect(harmless).toEqual(whole.filter((row) => !isUrgent(row)).map((row) => row.text));
  });

  it('holds nothing back that is learned from', () => {
    const learned = new Set(readSet('dev').map((row) => fold(row.text)));
    const heard = [...readSet('held'), ...readSet('social')].filter((row) => learned.has(fold(row.text)));
    expect(heard.map((row) => row.id)).toEqual([]);
  });
});
