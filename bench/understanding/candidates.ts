/** One way to read intents or languages, alone in its process: trained or loaded, timed, and its memory taken. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  compileProfiles,
  intentSamples,
  judgeIntents,
  ProfileFileSchema,
  readLanguage,
  trainIntentModel,
} from '../../bot/index.ts';
import { loadPackage } from '../five-questions/packages.ts';

const root = join(import.meta.dirname, '..', '..');
const RowSchema = z.object({ text: z.string(), label: z.string() });
export type Row = z.infer<typeof RowSchema>;
type Read = (text: string) => string | Promise<string>;
type Candidate = () => Promise<Read>;

export function readRows(path: string): readonly Row[] {
  return readFileSync(join(root, path), 'utf8')
    .trim()
    .split('\n')
    .map((line) => RowSchema.parse(JSON.parse(line)));
}

/** The phrases of content/intents, the same for everybody. */
function readPhrases(): readonly Row[] {
  const FileSchema = z.object({
    intents: z.array(z.object({ id: z.string(), phrases: z.array(z.string()) })),
  });
  return yamlFiles('content/intents').flatMap((file) =>
    FileSchema.parse(file).intents.flatMap(({ id, phrases }) => phrases.map((text) => ({ text, label: id }))),
  );
}

function yamlFiles(folder: string): readonly unknown[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name): unknown => parse(readFileSync(join(root, folder, name), 'utf8')));
}

/** The usual help for a library that knows no Vietnamese: diacritics off on both sides. */
function fold(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '');
  return bare.replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase();
}

const BayesSchema = z.custom<
  new () => {
    addDocument: (text: string, label: string) => void;
    train: () => void;
    classify: (text: string) => string;
  }
>((value) => typeof value === 'function');

/** By its deep path: the package's own door starts databases' clients, reads `.env` and takes a second. */
const natural =
  (change: (text: string) => string): Candidate =>
  () => {
    const Bayes = loadPackage('natural/lib/natural/classifiers/bayes_classifier', BayesSchema);
    const classifier = new Bayes();
    for (const { text, label } of readPhrases()) classifier.addDocument(change(text), label);
    classifier.train();
    return Promise.resolve((text) => classifier.classify(change(text)));
  };

interface NlpJs {
  addLanguage: (language: string) => void;
  addDocument: (language: string, text: string, intent: string) => void;
  train: () => Promise<unknown>;
  process: (language: string, text: string) => Promise<{ intent: string }>;
}
const NlpJsSchema = z.object({
  dockStart: z.custom<(options: object) => Promise<{ get: (name: string) => NlpJs }>>(
    (value) => typeof value === 'function',
  ),
});

const nlpJs: Candidate = async () => {
  const { dockStart } = loadPackage('@nlpjs/basic', NlpJsSchema);
  const settings = { nlp: { log: false, autoSave: false, languages: ['vi'], forceNER: false } };
  const nlp = (await dockStart({ use: ['Basic'], settings })).get('nlp');
  nlp.addLanguage('vi');
  for (const { text, label } of readPhrases()) nlp.addDocument('vi', text, label);
  await nlp.train();
  return async (text) => (await nlp.process('vi', text)).intent;
};

const ourIntents: Candidate = () => {
  const judge = judgeIntents(trainIntentModel(intentSamples(readPhrases())));
  return Promise.resolve((text) => judge.read(text).ranked[0]?.label ?? 'none');
};

const ourLanguages: Candidate = () => {
  const files = yamlFiles('content/languages').map((file) => ProfileFileSchema.parse(file));
  const set = { profiles: compileProfiles(files), letters: new Map<string, ReadonlySet<string>>() };
  return Promise.resolve((text) => {
    const reading = readLanguage(set, text);
    return 'language' in reading ? reading.language : 'unknown';
  });
};

const FrancSchema = z.object({
  franc: z.custom<(text: string, options: object) => string>((value) => typeof value === 'function'),
});
const franc =
  (only: readonly string[]): Candidate =>
  async () => {
    const path = createRequire(join(root, 'bench', 'package.json')).resolve('franc-all');
    const loaded = FrancSchema.parse({ ...z.looseObject({}).parse(await import(pathToFileURL(path).href)) });
    return (text) => loaded.franc(text, { minLength: 1, ...(only.length === 0 ? {} : { only }) });
  };

const TinyldSchema = z.object({
  detect: z.custom<(text: string) => string>((value) => typeof value === 'function'),
});
const tinyld: Candidate = () => {
  const { detect } = loadPackage('tinyld', TinyldSchema);
  return Promise.resolve(detect);
};

const Cld3Schema = z.object({
  loadModule: z.custom<
    () => Promise<{
      create: (least: number, most: number) => { findLanguage: (text: string) => { language: string } };
    }>
  >((value) => typeof value === 'function'),
});
const cld3: Candidate = async () => {
  const { loadModule } = loadPackage('cld3-asm', Cld3Schema);
  const identifier = (await loadModule()).create(0, 700);
  return (text) => identifier.findLanguage(text).language;
};

/** ISO 639-3 of the languages the rows are in; those without a declaration of their own are not asked for. */
const OURS_IN_ISO3 =
  'vie eng hnj fra spa deu por ind tgl lus cnh hni hms hea khm lao tha mya cmn blt jpn kor'.split(' ');

const INTENTS = {
  ours: ourIntents,
  'natural, as it comes': natural((text) => text),
  'natural, folded': natural(fold),
  'nlp.js': nlpJs,
} as const;
const LANGUAGES = {
  ours: ourLanguages,
  'franc-all': franc([]),
  'franc-all, told which': franc(OURS_IN_ISO3),
  tinyld,
  'cld3-asm': cld3,
} as const;

export const TASKS: Readonly<
  Record<'intents' | 'languages', { rows: string; candidates: Readonly<Record<string, Candidate>> }>
> = {
  intents: { rows: 'test/data/intents/held.jsonl', candidates: INTENTS },
  languages: { rows: 'test/data/language/held.jsonl', candidates: LANGUAGES },
};

export const MeasuredSchema = z.object({
  readings: z.array(z.string()),
  /** of processor time until the first answer is possible: loading, and training where there is any */
  readyMs: z.number(),
  /** of processor time */
  usPerMessage: z.number(),
  /** of the whole process, above what Node took before anything was loaded */
  memoryMb: z.number(),
});
export type Measured = z.infer<typeof MeasuredSchema>;

const WARM_UP = 100;

/** Of processor time, because the machine may be shared. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export async function measureCandidate(start: Candidate, texts: readonly string[]): Promise<Measured> {
  const before = process.memoryUsage().rss;
  const began = cpuMs();
  const read = await start();
  const readyMs = cpuMs() - began;
  for (const text of texts.slice(0, WARM_UP)) await read(text);
  const readings: string[] = [];
  const first = cpuMs();
  for (const text of texts) readings.push(await read(text));
  const usPerMessage = ((cpuMs() - first) * 1000) / texts.length;
  return { readings, readyMs, usPerMessage, memoryMb: (process.memoryUsage().rss - before) / 1e6 };
}
