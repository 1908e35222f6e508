/** Message files: key → ICU text with its variants; compiled once, rendered many times. */
import { IntlMessageFormat } from 'intl-messageformat';
import { z } from 'zod';
import type { Problem } from './assets.ts';
import { REFERENCE } from './facts.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

const TypedSchema = z.array(z.string().min(1));
const ChoiceSchema = z.union([
  z.string().min(1),
  z.strictObject({ label: z.string().min(1), typed: TypedSchema.optional() }),
]);

/** Each `describe` is read in docs/flow-language.md. */
export const LongMessageSchema = z.strictObject({
  text: z.string().min(1).describe('What is said.'),
  retry: z
    .string()
    .min(1)
    .optional()
    .describe('Questions: the same in other words, said once when an answer was not understood.'),
  invalid: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Questions with a slot that is read: said when the answer is none of that kind, kindly and with an example. Without it `retry` is said, without that `text`.',
    ),
  quiet: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Said instead in quiet mode: neutral, no word of the topic, no number. Without it the bot says `system.quiet-ack`.',
    ),
  audio: z
    .string()
    .regex(/^[a-z0-9.-]+\.(ogg|mp3|m4a)$/, 'a recording is named like welcome.hello.ogg')
    .optional()
    .describe(
      'A recording of the text, a file of `content/audio/<language>/`; never played in quiet mode, nor with `retry` or `invalid`.',
    ),
  choices: z
    .record(z.string(), ChoiceSchema)
    .optional()
    .describe(
      'Questions: the label of each choice, or `{ label, typed }` with other ways people type it. Without it the common text `choice.<id>` is taken.',
    ),
  typed: TypedSchema.optional().describe('Texts named `choice.<id>`: other ways people type this label.'),
  safety: z.boolean().optional().describe('`true`: never served in a language without a native reviewer.'),
});
const MessageSchema = z.union([z.string().min(1), LongMessageSchema]);
export const MessageFileSchema = z.record(z.string(), MessageSchema);

export type MessageArgs = Readonly<Record<string, string | number>>;
/** `now` decides whether a fact of the register is still said. */
export type Template = (args: MessageArgs, now: Date) => string;

/** For labels and pictures, which belong to no turn: every live fact is said. */
export const UNDATED = new Date(0);

/** What `[[id]]` stands for: a number as it is shown, or a fact, which depends on the day; null when it is neither. */
export type Refer = (id: string) => string | ((now: Date) => string) | null;

export interface ChoiceText {
  label: string;
  typed: readonly string[];
}

export interface Message {
  key: string;
  text: Template;
  retry: Template | null;
  invalid: Template | null;
  quiet: Template | null;
  /** path of the recording, `content/audio/vi/welcome.hello.ogg` */
  audio: string | null;
  choices: ReadonlyMap<string, ChoiceText>;
  typed: readonly string[];
  safety: boolean;
  /** names used as placeholders in any variant */
  placeholders: ReadonlySet<string>;
  /** its variants as they stand in the file */
  written: readonly string[];
  /** register entries referred to as [[id]] in any variant */
  facts: ReadonlySet<string>;
  line: number | null;
}

export type MessageMap = ReadonlyMap<string, Message>;

/** Compiles one file. */
export function compileMessages(
  file: YamlFile,
  refer: Refer,
): { messages: MessageMap; problems: readonly Problem[] } {
  const shape = checkShape(file, MessageFileSchema);
  if (!shape.ok) return { messages: new Map(), problems: shape.problems };
  const problems: Problem[] = [];
  const messages = new Map<string, Message>();
  for (const [key, entry] of Object.entries(shape.value)) {
    const parts = typeof entry === 'string' ? { text: entry } : entry;
    const line = file.lineOf([key]);
    const placeholders = new Set<string>();
    const facts = new Set<string>();
    const written: string[] = [];
    const compile = (source: string): Template => {
      written.push(source);
      const dated = new Map<string, (now: Date) => string>();
      const withFacts = source.replace(REFERENCE, (_all, id: string) => {
        facts.add(id);
        const stands = refer(id);
        if (typeof stands === 'string') return stands;
        if (stands !== null) {
          dated.set(factName(id), stands);
          return `{${factName(id)}}`;
        }
        problems.push(
          fault(
            file.path,
            line,
            `${key}: [[${id}]] is no fact of the register, and no number that may be shown`,
            'refer to an id of content/registers/facts/, or of hotlines.yaml with display primary or secondary',
          ),
        );
        return '';
      });
      return compileTemplate(withFacts, dated, placeholders, (message) =>
        problems.push(
          fault(
            file.path,
            line,
            `${key}: ${message}`,
            'correct the ICU text: braces must pair, select needs other',
          ),
        ),
      );
    };
    const choices = new Map<string, ChoiceText>();
    for (const [id, choice] of Object.entries('choices' in parts ? (parts.choices ?? {}) : {})) {
      choices.set(
        id,
        typeof choice === 'string'
          ? { label: choice, typed: [] }
          : { label: choice.label, typed: choice.typed ?? [] },
      );
    }
    messages.set(key, {
      key,
      text: compile(parts.text),
      retry: 'retry' in parts && parts.retry !== undefined ? compile(parts.retry) : null,
      invalid: 'invalid' in parts && parts.invalid !== undefined ? compile(parts.invalid) : null,
      audio: 'audio' in parts && parts.audio !== undefined ? `${audioFolder(file.path)}${parts.audio}` : null,
      quiet: 'quiet' in parts && parts.quiet !== undefined ? compile(parts.quiet) : null,
      choices,
      typed: 'typed' in parts ? (parts.typed ?? []) : [],
      safety: 'safety' in parts && parts.safety === true,
      placeholders,
      facts,
      written,
      line,
    });
  }
  return { messages, problems };
}

/** `content/messages/vi.yaml` → `content/audio/vi/` */
function audioFolder(path: string): string {
  return path.replace('/messages/', '/audio/').replace(/\.yaml$/, '/');
}

/**
 * ICU through intl-messageformat with the rules of Vietnamese for every language: none of the languages served has plural
 * forms, and numbers are written the Vietnamese way (an unknown tag would silently take the machine's own language).
 */
function compileTemplate(
  source: string,
  dated: ReadonlyMap<string, (now: Date) => string>,
  placeholders: Set<string>,
  report: (message: string) => void,
): Template {
  const trimmed = source.trimEnd();
  if (!trimmed.includes('{')) return () => trimmed;
  try {
    const format = new IntlMessageFormat(trimmed, 'vi', undefined, { ignoreTag: true });
    const names = new Set<string>();
    collectPlaceholders(format.getAst(), names);
    for (const name of names) if (!dated.has(name)) placeholders.add(name);
    if (dated.size === 0) return (args) => String(format.format(args));
    return (args, now) => {
      const said = Object.fromEntries([...dated].map(([name, say]) => [name, say(now)]));
      return String(format.format({ ...args, ...said }));
    };
  } catch (error) {
    report(error instanceof Error ? error.message : 'not a valid ICU text');
    return () => '';
  }
}

/** Names in ICU texts have no hyphens; no slot begins like this. */
function factName(id: string): string {
  return `fact__${id.replaceAll('-', '_')}`;
}

const AstNodeSchema = z.object({
  type: z.number(),
  value: z.string().optional().catch(undefined),
  options: z
    .record(z.string(), z.object({ value: z.array(z.unknown()) }))
    .optional()
    .catch(undefined),
});

/** Node types of the formatter's syntax tree that carry no name: a literal, and the # of a plural. */
const NAMELESS: readonly number[] = [0, 7];

function collectPlaceholders(nodes: readonly unknown[], into: Set<string>): void {
  for (const node of nodes) {
    const parsed = AstNodeSchema.safeParse(node);
    if (!parsed.success) continue;
    const { type, value, options } = parsed.data;
    if (!NAMELESS.includes(type) && value !== undefined) into.add(value);
    for (const option of Object.values(options ?? {})) collectPlaceholders(option.value, into);
  }
}
