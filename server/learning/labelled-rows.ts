/** The labelled sets of test/data as rows for a trial. They belong to the product: what is taught is tried on all of them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  OFFER_LEVELS,
  type OfferLevel,
  RISK_LEVELS,
  type RiskLevel,
  type TrialRow,
} from '../../bot/index.ts';

const IntentRowSchema = z.object({ text: z.string(), label: z.string() });
const RiskRowSchema = z.object({ text: z.string(), risk_level: z.enum(RISK_LEVELS) });
const OfferRowSchema = z.object({ text: z.string() });
const VerdictRowSchema = z.object({ text: z.string(), verdict: z.enum(OFFER_LEVELS) });

/** Names of firms are no part of it: they are looked up where a firm is asked for, before any wish is read. */
const SETS: readonly { file: string; read: (row: unknown) => TrialRow }[] = [
  {
    file: 'intents/held.jsonl',
    read: (row) => {
      const { text, label } = IntentRowSchema.parse(row);
      return { task: 'intents', text, expected: label };
    },
  },
  ...['risk/held.jsonl', 'risk/dev.jsonl', 'risk/social.jsonl'].map((file) => ({ file, read: readRisk })),
  ...['offers/held.jsonl', 'offers/dev.jsonl'].map((file) => ({ file, read: readOffer })),
];

function readRisk(row: unknown): TrialRow {
  const { text, risk_level: level } = RiskRowSchema.parse(row);
  return { task: 'risk', text, expected: level };
}

function readOffer(row: unknown): TrialRow {
  return { task: 'offers', text: OfferRowSchema.parse(row).text, expected: 'offer' };
}

/** What the sets say of danger and of offers, level by level. */
export async function readLabelledLevels(root: string): Promise<{
  risk: readonly { text: string; expected: RiskLevel }[];
  offers: readonly { text: string; expected: OfferLevel }[];
}> {
  const read = async (file: string): Promise<readonly unknown[]> =>
    (await readFile(path.join(root, 'test', 'data', file), 'utf8'))
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): unknown => JSON.parse(line));
  const risk = (
    await Promise.all(['risk/held.jsonl', 'risk/dev.jsonl', 'risk/social.jsonl'].map(read))
  ).flat();
  const offers = (await Promise.all(['offers/held.jsonl', 'offers/dev.jsonl'].map(read))).flat();
  return {
    risk: risk.map((row) => {
      const { text, risk_level: expected } = RiskRowSchema.parse(row);
      return { text, expected };
    }),
    offers: offers.map((row) => {
      const { text, verdict: expected } = VerdictRowSchema.parse(row);
      return { text, expected };
    }),
  };
}

/** @throws the file system's error when a set is missing: nothing may be taught untried */
export async function readLabelledRows(root: string): Promise<readonly TrialRow[]> {
  const sets = await Promise.all(
    SETS.map(async ({ file, read }) => {
      const text = await readFile(path.join(root, 'test', 'data', file), 'utf8');
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => read(JSON.parse(line)));
    }),
  );
  return sets.flat();
}
