/** What one message costs before any flow runs: danger, wish, language and signs of an offer, one after the other, and what all that holds in memory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import {
  type Assets,
  loadAssets,
  looksLikeOffer,
  readIntents,
  readLanguage,
  scanDanger,
} from '../../bot/index.ts';
import { readAssetSources } from '../../server/assets.ts';
import { type Figure, median } from '../figure.ts';

/** Messages of test/data/risk/dev.jsonl of about this length, and as many put together to the longer one. */
const SHORT_UTF16 = { least: 50, most: 70 };
const LONG_UTF16 = 300;
const MESSAGES = 100;
/** The median of so many calls stands for a message: others may share the machine. */
const CALLS = 9;

const READERS = ['danger', 'intents', 'languageSet', 'signals', 'register'] as const;
type Readers = Pick<Assets, (typeof READERS)[number]>;

export async function measureTogether(root: string): Promise<readonly Figure[]> {
  const sources = await readAssetSources(root);
  const texts = await readTexts(root);
  const { least, most } = SHORT_UTF16;
  const short = texts.filter(({ length }) => length >= least && length <= most).slice(0, MESSAGES);
  const joined = texts.join('. ');
  const long = short.map((_, at) => joined.slice(at * LONG_UTF16, (at + 1) * LONG_UTF16));
  const readers = loadReaders(sources);
  const times = (list: readonly string[], work: (text: string) => void) =>
    list.map((text) => timeOf(() => work(text)));
  const all = (text: string) => understand(readers, text);
  for (const text of [...short, ...long]) all(text);
  const ofShort = times(short, all);
  return [
    {
      ...{ name: 'danger, wish, language and offer together, 60 characters, median', unit: 'µs' },
      ...{ value: median(ofShort), target: 300 },
      reference: {
        name: 'the danger scan alone',
        value: median(times(short, (text) => void scanDanger(readers.danger, [text]))),
      },
    },
    {
      ...{ name: 'the same, 300 characters, 95th percentile', unit: 'µs', target: 2000 },
      ...{ value: percentile(times(long, all), 0.95) },
      reference: { name: '60 characters', value: percentile(ofShort, 0.95) },
    },
    {
      ...{ name: 'memory of rules, models and register, all readers', unit: 'MB', target: 20 },
      ...{ value: memoryOf(readers), reference: { name: 'their files', value: bytesOf(sources) / 1e6 } },
    },
  ];
}

const RowSchema = z.object({ text: z.string() });

async function readTexts(root: string): Promise<readonly string[]> {
  const rows = await readFile(join(root, 'test', 'data', 'risk', 'dev.jsonl'), 'utf8');
  return rows
    .trim()
    .split('\n')
    .map((line) => RowSchema.parse(JSON.parse(line)).text);
}

function loadReaders(sources: Awaited<ReturnType<typeof readAssetSources>>): Readers {
  const result = loadAssets(sources);
  if (!result.ok) throw new Error('the content does not load: npm run check:content says why');
  const { danger, intents, languageSet, signals, register } = result.assets;
  intents.model();
  return { danger, intents, languageSet, signals, register };
}

function understand(readers: Readers, text: string): void {
  scanDanger(readers.danger, [text]);
  readIntents(readers.intents, text);
  readLanguage(readers.languageSet, text);
  looksLikeOffer(text, readers);
}

const READ_FROM = /^content\/(?:safety|intents|languages|signals|registers\/agencies)/;

function bytesOf(sources: Awaited<ReturnType<typeof readAssetSources>>): number {
  return sources
    .filter(({ path }) => READ_FROM.test(path))
    .reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}

/** MB that become free when the readers go; they cannot be used afterwards. */
function memoryOf(readers: Partial<Readers>): number {
  setFlagsFromString('--expose-gc');
  const held = () => {
    // the second takes what the first set free
    for (let pass = 0; pass < 2; pass += 1) runInNewContext('gc()');
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  Object.assign(readers, Object.fromEntries(READERS.map((name) => [name, undefined])));
  return (before - held()) / 1e6;
}

/** Microseconds. */
function timeOf(work: () => void): number {
  return median(
    Array.from({ length: CALLS }, () => {
      const began = performance.now();
      work();
      return (performance.now() - began) * 1000;
    }),
  );
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}
