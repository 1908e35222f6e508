/** Transcripts: what a person writes and what comes back, in a form a counsellor can read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ATTACHMENT_KINDS } from '../../bot/index.ts';
import { checkShape, readYaml } from '../../bot/content/yaml.ts';
import { repositoryRoot } from './assets.ts';

/** one text for every language of the transcript, or one for each */
const TextSchema = z.union([z.string(), z.record(z.string(), z.string())], {
  error: 'a text, or one text per language',
});
/** words for every language of the transcript, or only for those named */
const WordListSchema = z.union([z.array(z.string()), z.record(z.string(), z.array(z.string()))], {
  error: 'a list of words, or one list per language',
});

const TurnSchema = z.strictObject({
  /** what the person writes; or a tap (choice id), something sent, or opening the conversation (campaign or null) */
  person: TextSchema.optional(),
  tap: z.string().optional(),
  send: z.enum(ATTACHMENT_KINDS).optional(),
  caption: TextSchema.optional(),
  start: z.string().nullable().optional(),
  /** nobody writes for so long; a question that waits hears the silence on the way */
  wait: z
    .string()
    .regex(/^[1-9]\d{0,2}[mhd]$/, 'a waiting time looks like 10m, 2h or 1d')
    .optional(),
  /** the clock goes on to the next such time in Vietnam, before anything else of this turn */
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day looks like "02:00"')
    .optional(),
  /** from this turn on */
  staffed: z.boolean().optional(),
  /** message keys that come back, in order; the same in every language */
  bot: z.array(z.string()),
  /** event types besides message_created that appear in this order, others between them allowed */
  events: z.array(z.string()).optional(),
  /** true: no other event at all */
  exactly: z.boolean().optional(),
  /** words that must stand in what is said, or must not */
  says: WordListSchema.optional(),
  'says-not': WordListSchema.optional(),
});
export type TranscriptTurn = z.infer<typeof TurnSchema>;

const TranscriptSchema = z
  .strictObject({
    title: TextSchema,
    /** one language (vi when nothing is said), or several that share the keys */
    language: z.string().optional(),
    languages: z.array(z.string()).min(1).optional(),
    staffed: z.boolean().default(true),
    turns: z.array(TurnSchema).min(1),
  })
  .transform(({ language, languages, ...rest }, context) => {
    if (language !== undefined && languages !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['language'],
        message: 'write language or languages, not both',
      });
    return { ...rest, languages: languages ?? [language ?? 'vi'] };
  })
  .superRefine((transcript, context) => {
    const fault = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    for (const [path, message] of languageFaults(transcript)) fault(path, message);
    transcript.turns.forEach((turn, index) => {
      for (const [field, message] of turnFaults(turn)) fault(['turns', index, ...field], message);
    });
  });
export type Transcript = z.infer<typeof TranscriptSchema>;

export const transcriptFolder = join(repositoryRoot, 'test', 'transcripts');

/** Names without `.yaml`, in order. */
export function listTranscripts(): readonly string[] {
  return readdirSync(transcriptFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/** @throws Error naming file, line and field of every fault */
export function readTranscript(name: string): Transcript {
  const file = `${name}.yaml`;
  return parseTranscript(`test/transcripts/${file}`, readFileSync(join(transcriptFolder, file), 'utf8'));
}

/** @throws Error naming file, line and field of every fault */
export function parseTranscript(path: string, text: string): Transcript {
  const read = readYaml({ path, text });
  const checked = read.ok ? checkShape(read.file, TranscriptSchema) : read;
  if (checked.ok) return checked.value;
  const faults = checked.problems.map(
    ({ line, message, mend }) => `${path}:${line ?? 1}: ${message} (${mend})`,
  );
  throw new Error(faults.join('\n'));
}

/** The text in one of the transcript's languages. */
export function textIn(text: z.infer<typeof TextSchema>, language: string): string {
  return typeof text === 'string' ? text : (text[language] ?? '');
}

/** The words expected in this language; none when nothing is said about it. */
export function wordsIn(
  words: z.infer<typeof WordListSchema> | undefined,
  language: string,
): readonly string[] {
  if (words === undefined || Array.isArray(words)) return words ?? [];
  return words[language] ?? [];
}

type Fault = readonly [path: PropertyKey[], message: string];

const DEEDS = ['person', 'tap', 'send', 'start', 'wait'] as const;

function turnFaults(turn: TranscriptTurn): readonly Fault[] {
  const deeds = DEEDS.filter((deed) => turn[deed] !== undefined);
  const faults: Fault[] = [];
  if (deeds.length > 1) faults.push([[], `one turn has ${deeds.join(' and ')}: write one turn for each`]);
  if (deeds.length === 0 && turn.at === undefined)
    faults.push([[], `nothing happens here: write one of ${DEEDS.join(', ')}, at`]);
  if (turn.wait !== undefined && turn.at !== undefined)
    faults.push([['at'], 'the clock goes on either by wait or to at, not both']);
  if (turn.caption !== undefined && turn.send === undefined)
    faults.push([['caption'], 'a caption belongs to something sent: add send']);
  return faults;
}

function languageFaults(transcript: {
  title: z.infer<typeof TextSchema>;
  languages: readonly string[];
  turns: readonly TranscriptTurn[];
}): readonly Fault[] {
  const { title, languages, turns } = transcript;
  const texts = turns.flatMap(({ person, caption }, index) => [
    { path: ['turns', index, 'person'], value: person, all: true },
    { path: ['turns', index, 'caption'], value: caption, all: true },
  ]);
  const words = turns.flatMap((turn, index) => [
    { path: ['turns', index, 'says'], value: turn.says, all: false },
    { path: ['turns', index, 'says-not'], value: turn['says-not'], all: false },
  ]);
  const maps = [{ path: ['title'], value: title, all: true }, ...texts, ...words];
  return maps.flatMap(({ path, value, all }): Fault[] => {
    if (typeof value !== 'object' || Array.isArray(value)) return [];
    const given = Object.keys(value);
    const missing = all ? languages.filter((language) => !given.includes(language)) : [];
    const others = given.filter((language) => !languages.includes(language));
    return [
      ...missing.map((language): Fault => [path, `the text in ${language} is missing`]),
      ...others.map((language): Fault => [
        [...path, language],
        `${language} is not among the languages of this transcript (${languages.join(', ')})`,
      ]),
    ];
  });
}
