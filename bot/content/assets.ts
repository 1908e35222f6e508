/** Everything the engine needs besides code: flows and content, validated together and frozen once at start-up. */
import Papa from 'papaparse';
import { z } from 'zod';
import { type AgencyRegister, parseAgencies } from '../check/agencies.ts';
import { compileSignals, type SignalSet } from '../check/signals.ts';
import { compileFlow } from '../flow/compile.ts';
import { lintFlows } from '../flow/lint.ts';
import { lintReleases } from '../flow/lint-releases.ts';
import type { Flow } from '../flow/schema.ts';
import { releaseKey } from '../flow/versions.ts';
import { compileDangerRules, type DangerRules } from '../safety/rules.ts';
import {
  CommandsFileSchema,
  compileWords,
  RoutesFileSchema,
  type WordTable,
} from '../understand/commands.ts';
import { compileIntents, type IntentSet } from '../understand/intents.ts';
import { CANNED_FOLDER, type CannedEntry, lintCanned, readCanned } from './canned.ts';
import { type Fact, FACTS_FOLDER, type FactsRead, factText, readFacts } from './facts.ts';
import { type Lesson, readLesson } from './lessons.ts';
import { compileMessages, type MessageMap, type Refer } from './messages.ts';
import type { LanguageSet } from '../understand/language.ts';
import { PROFILES_FOLDER, readLanguageFiles } from './read-languages.ts';
import { findProvinceFaults, type Province, ProvincesFileSchema } from './provinces.ts';
import {
  CountriesFileSchema,
  type Country,
  type Hotline,
  HotlinesFileSchema,
  shownNumber,
} from './registers.ts';
import { INTENTS_FOLDER, lintIntents, readIntentFiles } from './read-intents.ts';
import {
  createTypedFacts,
  type FindTypedFacts,
  TYPED_FACTS_PATH,
  TypedFactsFileSchema,
} from './typed-facts.ts';
import { type Review, REVIEWS_PATH, ReviewsFileSchema } from './reviews.ts';
import { findServiceFaults, type Service, SERVICES_PATH, ServicesFileSchema } from './services.ts';
import { lintReferences } from './references.ts';
import { lintWording, type Wording, WordingFileSchema } from './wording.ts';
import { type LoadedParts, readYamlFiles, takeOver } from './parts.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

/** One file of `flows/` or `content/`, as text. `path` is relative to the repository, with `/`. */
export interface AssetSource {
  path: string;
  text: string;
}

/** One fault of one file: where it is, what is wrong, what to do. */
export interface Problem {
  severity: 'error' | 'warning';
  path: string;
  /** 1-based; null when the whole file is meant */
  line: number | null;
  message: string;
  mend: string;
}

export interface Assets {
  /** tags that are served, source language first */
  readonly languages: readonly string[];
  /** every language of the list, also those that wait for people who speak them */
  readonly allLanguages: readonly Language[];
  readonly fallbacks: ReadonlyMap<string, readonly string[]>;
  readonly messages: ReadonlyMap<string, MessageMap>;
  /** the version of today, by id */
  readonly flows: ReadonlyMap<string, Flow>;
  /** released versions that people may still stand in, by `id@version` */
  readonly releases: ReadonlyMap<string, Flow>;
  readonly lessons: ReadonlyMap<string, Lesson>;
  readonly hotlines: ReadonlyMap<string, Hotline>;
  /** what texts state, by id */
  readonly facts: ReadonlyMap<string, Fact>;
  /** which file holds each fact */
  readonly factPaths: ReadonlyMap<string, string>;
  /** registers that are checked as a whole */
  readonly reviews: readonly Review[];
  readonly countries: readonly Country[];
  readonly provinces: readonly Province[];
  readonly services: readonly Service[];
  /** what counsellors begin an answer with, in the order of their list */
  readonly canned: readonly CannedEntry[];
  readonly words: WordTable;
  /** how languages are told apart, also those that are not served yet */
  readonly languageSet: LanguageSet;
  /** what people want, by the phrases of content/intents */
  readonly intents: IntentSet;
  readonly wording: Wording;
  /** facts typed into a text, where they have no date */
  readonly findTypedFacts: FindTypedFacts;
  readonly danger: DangerRules;
  readonly signals: SignalSet;
  readonly register: AgencyRegister;
}

export type LoadResult = (
  { ok: true; assets: Assets; problems: readonly Problem[] } | { ok: false; problems: readonly Problem[] }
) & {
  /** for the next load: what did not change is then not made again */
  parts: LoadedParts;
};

export const LanguageSchema = z.looseObject({
  /** BCP 47 */
  tag: z.string(),
  name: z.strictObject({ vi: z.string().min(1), en: z.string().min(1) }),
  served: z.boolean(),
  fallback: z.string().nullable(),
  /** ISO 15924 */
  script: z.string().regex(/^[A-Z][a-z]{3}$/, 'a script looks like Latn'),
  spelling: z.string().min(1),
  font: z.string().nullable(),
  /** which languages are voiced first; null = not needed */
  voice: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullable(),
  /** true: a work list for translators is kept in translations/ */
  prepare: z.boolean(),
  /** how a message in it is recognised; null = not yet */
  told: z.enum(['profile', 'script', 'letters']).nullable(),
  /** with `told: letters`: the letters Vietnamese does not write, apart by spaces */
  letters: z.string().optional(),
});
export type Language = z.infer<typeof LanguageSchema>;
const LanguagesFileSchema = z.looseObject({ languages: z.array(LanguageSchema).min(1) });
const LANGUAGES_FILE = 'content/languages.yaml';

/**
 * Reads, checks and joins all content. Every fault of every file is reported at once; one error and nothing is loaded.
 * Pure: the caller reads the files.
 *
 * @param before parts of an earlier load: a changed text then costs a tenth of a second instead of two
 */
export function loadAssets(given: readonly AssetSource[], before: LoadedParts | null = null): LoadResult {
  // the small models are fitted to the examples in their order: the same files give the same bot, however they came
  const sources = [...given].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const parts: LoadedParts = { yaml: readYamlFiles(sources, before) };
  const loader = createLoader(sources, parts);
  const { problems } = loader;
  const languagesFile = loader.shaped(LANGUAGES_FILE, LanguagesFileSchema);
  const hotlinesFile = loader.shaped('content/registers/hotlines.yaml', HotlinesFileSchema);
  const countriesFile = loader.shaped('content/registers/countries.yaml', CountriesFileSchema);
  const provinces = loadProvinces(loader);
  const services = loadServices(loader);
  const commandsFile = loader.shaped('content/commands.yaml', CommandsFileSchema);
  const routesFile = loader.shaped('content/routes.yaml', RoutesFileSchema);
  const typedFacts = loader.shaped(TYPED_FACTS_PATH, TypedFactsFileSchema);
  const wording = loader.shaped('content/wording.yaml', WordingFileSchema);
  const hotlines = new Map((hotlinesFile?.hotlines ?? []).map((hotline) => [hotline.id, hotline]));
  const { facts, paths: factPaths } = loadFacts(loader, hotlines);
  const reviewsFile = loader.shaped(REVIEWS_PATH, ReviewsFileSchema);
  const served = (languagesFile?.languages ?? []).filter((language) => language.served);
  const messages = loadMessages(
    loader,
    served.map((language) => language.tag),
    hotlines,
    facts,
  );
  const flows = loadFlows(loader);
  const releases = loadReleases(loader);
  const lessons = loadLessons(loader);
  const intentFiles = loader.yamlUnder(INTENTS_FOLDER);
  const intents = readIntentFiles(intentFiles);
  problems.push(...intents.problems);
  const { canned, problems: cannedFaults } = readCanned(loader.yamlUnder(CANNED_FOLDER));
  problems.push(...cannedFaults);
  const dangerFiles = loader.yamlUnder('content/safety/');
  parts.danger = takeOver(before?.danger, dangerFiles, () =>
    loader.attempt('content/safety', () =>
      compileDangerRules(dangerFiles.map((file) => ({ path: file.path, data: file.data }))),
    ),
  );
  const danger = parts.danger.value;
  const languageSet = readLanguageFiles(
    LANGUAGES_FILE,
    languagesFile?.languages ?? [],
    loader.yamlUnder(PROFILES_FOLDER),
  );
  problems.push(...languageSet.problems);
  const signalFiles = loader.yamlUnder('content/signals/');
  parts.signals = takeOver(before?.signals, signalFiles, () =>
    loader.attempt('content/signals', () =>
      compileSignals(signalFiles.map((file) => ({ path: file.path, data: file.data }))),
    ),
  );
  const signals = parts.signals.value;
  const agencies = 'content/registers/agencies.csv';
  parts.register = takeOver(before?.register, [sources.find(({ path }) => path === agencies)?.text], () =>
    loader.attempt(agencies, () => parseAgencies(readCsv(loader, agencies))),
  );
  const register = parts.register.value;
  const isComplete =
    commandsFile !== null &&
    routesFile !== null &&
    wording !== null &&
    typedFacts !== null &&
    countriesFile !== null &&
    reviewsFile !== null &&
    provinces !== null &&
    services !== null &&
    danger !== null &&
    signals !== null &&
    register !== null;
  parts.intents = takeOver(before?.intents, intentFiles, () => compileIntents(intents.intents));
  const intentSet = parts.intents.value;
  if (!isComplete || intentSet === null) return { ok: false, problems, parts };
  const assets: Assets = {
    languages: served.map((language) => language.tag),
    allLanguages: languagesFile?.languages ?? [],
    fallbacks: new Map(
      served.map((language) => [language.tag, language.fallback === null ? [] : [language.fallback]]),
    ),
    messages,
    flows,
    releases,
    lessons,
    hotlines,
    facts,
    factPaths,
    reviews: reviewsFile.registers,
    countries: countriesFile.countries,
    provinces,
    services,
    canned,
    words: compileWords(commandsFile, routesFile),
    languageSet: languageSet.set,
    intents: intentSet,
    wording,
    findTypedFacts: createTypedFacts(typedFacts, facts.values()),
    danger,
    signals,
    register,
  };
  problems.push(
    ...lintFlows(assets, loader.flowFiles),
    ...lintReleases(assets, loader.flowFiles, loader.yamlUnder(RELEASED)),
    ...lintAudio(messages, sources),
    ...lintIntents(assets, intentFiles),
    ...lintReferences(assets),
    ...lintCanned(assets),
    ...lintWording(wording, assets.languages),
  );
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems, parts };
  return { ok: true, assets: Object.freeze(assets), problems, parts };
}

/** Flows as they were released: never edited, so that somebody in the middle of one can finish it. */
const RELEASED = 'flows/released/';

interface Loader {
  problems: Problem[];
  sources: readonly AssetSource[];
  /** flows of today */
  flowFiles: readonly YamlFile[];
  yamlUnder: (folder: string) => readonly YamlFile[];
  shaped: <T>(path: string, schema: z.ZodType<T>) => T | null;
  attempt: <T>(path: string, work: () => T) => T | null;
}

function createLoader(sources: readonly AssetSource[], { yaml }: Pick<LoadedParts, 'yaml'>): Loader {
  const problems: Problem[] = [];
  const files = new Map<string, YamlFile>();
  for (const [path, { result }] of yaml) {
    if (result.ok) files.set(path, result.file);
    else problems.push(...result.problems);
  }
  const flowFiles = [...files.values()].filter(
    ({ path }) => path.startsWith('flows/') && !path.startsWith(RELEASED),
  );
  return {
    problems,
    sources,
    flowFiles,
    yamlUnder: (folder) => [...files.values()].filter((file) => file.path.startsWith(folder)),
    shaped: (path, schema) => {
      const file = files.get(path);
      if (file === undefined) {
        if (!sources.some((source) => source.path === path))
          problems.push(fault(path, null, 'the file is missing', 'restore it'));
        return null;
      }
      const shape = checkShape(file, schema);
      if (shape.ok) return shape.value;
      problems.push(...shape.problems);
      return null;
    },
    attempt: (path, work) => {
      try {
        return work();
      } catch (error) {
        problems.push(
          fault(
            path,
            null,
            error instanceof Error ? error.message : 'cannot be read',
            'correct the entry that is named',
          ),
        );
        return null;
      }
    },
  };
}

function loadMessages(
  loader: Loader,
  tags: readonly string[],
  hotlines: ReadonlyMap<string, Hotline>,
  facts: ReadonlyMap<string, Fact>,
): ReadonlyMap<string, MessageMap> {
  const referIn =
    (tag: string): Refer =>
    (id) => {
      const fact = facts.get(id);
      return fact === undefined ? shownNumber(hotlines, id) : (now) => factText(fact, tag, now);
    };
  const all = new Map<string, MessageMap>();
  for (const tag of tags) {
    const path = `content/messages/${tag}.yaml`;
    const file = loader.yamlUnder(path)[0];
    if (file === undefined) {
      // a file that cannot be read is reported where it was read
      if (loader.sources.some((source) => source.path === path)) continue;
      loader.problems.push(
        fault(
          path,
          null,
          `the language ${tag} is served but has no texts`,
          'write them, or set served: false',
        ),
      );
      continue;
    }
    const { messages, problems } = compileMessages(file, referIn(tag));
    loader.problems.push(...problems);
    all.set(tag, messages);
  }
  return all;
}

function loadFacts(
  loader: Loader,
  hotlines: ReadonlyMap<string, Hotline>,
): Pick<FactsRead, 'facts' | 'paths'> {
  const { problems, ...read } = readFacts(
    loader.yamlUnder(FACTS_FOLDER),
    (id) => shownNumber(hotlines, id),
    new Set(hotlines.keys()),
  );
  loader.problems.push(...problems);
  return read;
}

function loadProvinces(loader: Loader): readonly Province[] | null {
  const path = 'content/registers/provinces.yaml';
  const provinces = loader.shaped(path, ProvincesFileSchema)?.provinces ?? null;
  const file = loader.yamlUnder(path)[0];
  if (provinces !== null && file !== undefined) loader.problems.push(...findProvinceFaults(file, provinces));
  return provinces;
}

function loadServices(loader: Loader): readonly Service[] | null {
  const services = loader.shaped(SERVICES_PATH, ServicesFileSchema)?.services ?? null;
  const file = loader.yamlUnder(SERVICES_PATH)[0];
  if (services !== null && file !== undefined) loader.problems.push(...findServiceFaults(file, services));
  return services;
}

function loadFlows(loader: Loader): ReadonlyMap<string, Flow> {
  const flows = new Map<string, Flow>();
  for (const file of loader.flowFiles) {
    const { flow, problems } = compileFlow(file);
    loader.problems.push(...problems);
    if (flow === null) continue;
    if (flows.has(flow.id))
      loader.problems.push(
        fault(file.path, file.lineOf(['id']), `two flows are called "${flow.id}"`, 'rename one'),
      );
    flows.set(flow.id, flow);
  }
  return flows;
}

function loadReleases(loader: Loader): ReadonlyMap<string, Flow> {
  const releases = new Map<string, Flow>();
  for (const file of loader.yamlUnder(RELEASED)) {
    const { flow, problems } = compileFlow(file);
    loader.problems.push(...problems);
    if (flow === null) continue;
    const expected = `${RELEASED}${flow.id}.${flow.version}.yaml`;
    if (file.path !== expected)
      loader.problems.push(
        fault(file.path, null, `holds version ${flow.version} of "${flow.id}"`, `name it ${expected}`),
      );
    releases.set(releaseKey(flow.id, flow.version), flow);
  }
  return releases;
}

/** A recording that a text names must be there, or the person hears nothing. */
function lintAudio(
  messages: ReadonlyMap<string, MessageMap>,
  sources: readonly AssetSource[],
): readonly Problem[] {
  const paths = new Set(sources.map(({ path }) => path));
  return [...messages].flatMap(([language, map]) =>
    [...map.values()].flatMap(({ key, audio, line }) =>
      audio === null || paths.has(audio)
        ? []
        : [
            fault(
              `content/messages/${language}.yaml`,
              line,
              `${key}: the recording ${audio} is missing`,
              'add the file, or take audio: out',
            ),
          ],
    ),
  );
}

function loadLessons(loader: Loader): ReadonlyMap<string, Lesson> {
  const lessons = new Map<string, Lesson>();
  for (const file of loader.yamlUnder('content/lessons/')) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const texts = loader.sources.filter(({ path }) => path.startsWith(folder) && path.endsWith('.md'));
    const { lesson, problems } = readLesson(file, texts);
    loader.problems.push(...problems);
    if (lesson !== null) lessons.set(lesson.id, lesson);
  }
  return lessons;
}

const CsvRowsSchema = z.array(z.record(z.string(), z.string()));

function readCsv(loader: Loader, path: string): readonly Record<string, string>[] {
  const source = loader.sources.find((entry) => entry.path === path);
  if (source === undefined) throw new Error('the file is missing');
  const parsed = Papa.parse(source.text.normalize('NFC'), { header: true, skipEmptyLines: true });
  const first = parsed.errors[0];
  if (first !== undefined) throw new Error(`row ${(first.row ?? 0) + 2}: ${first.message}`);
  return CsvRowsSchema.parse(parsed.data);
}
