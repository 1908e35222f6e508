/**
 * FLOIP's flow runner on the script: standard blocks, texts as resources of the container, `context` as the state.
 * The container is the same for everybody, so it is taken out of the stored context and put back, which its users may do and which
 * makes it much faster than storing flows with every conversation.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { loadPackage, versionOf } from '../packages.ts';
import type { Answer, Said, ScriptEngine, Stepped } from '../script.ts';
import type { Texts } from '../texts.ts';
import { buildContainer, type HostMetadata, MODE } from './floip-container.ts';

interface StoredContext {
  language_id: string;
}
interface Context extends StoredContext {
  flows: readonly object[];
  resources: readonly object[];
}
interface Prompt {
  config: { kind: string; prompt: string; choices?: readonly { key: string; value: string }[] };
  block?: { vendor_metadata?: HostMetadata };
  /** false or an exception: the value is refused */
  validate: (value: unknown) => boolean;
  fulfill: (value: unknown) => Promise<Cursor | undefined>;
}
interface Cursor {
  prompt: Prompt;
}
interface Runner {
  run: () => Promise<Cursor | undefined>;
  hydrateRichCursorFrom: (context: Context) => Cursor;
}
interface IdGenerator {
  generate: () => Promise<string>;
}
type RunnerClass = new (context: Context, store: object, ids: IdGenerator) => Runner;
type ResolverClass = new (context: Context) => { resolve: (id: string) => { getText: () => string } };
type CreateStore = () => object;
type CreateContext = (
  contact: object,
  groups: readonly object[],
  userId: string,
  orgId: string,
  flows: readonly object[],
  language: string,
  mode: string,
  resources: readonly object[],
  ids: IdGenerator,
) => Promise<Context>;

const PackageSchema = z.object({
  FlowRunner: z.custom<RunnerClass>(isFunction),
  ResourceResolver: z.custom<ResolverClass>(isFunction),
  createDefaultBlockRunnerStore: z.custom<CreateStore>(isFunction),
  createContextDataObjectFor: z.custom<CreateContext>(isFunction),
});

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

const CONTACT = { id: 'contact', name: '', created_at: '2026-11-01 00:00:00.000Z' };

export function createFloip(texts: Texts): ScriptEngine {
  const floip = loadPackage('@floip/flow-runner', PackageSchema);
  const container = buildContainer(texts);
  const store = floip.createDefaultBlockRunnerStore();
  const ids: IdGenerator = { generate: () => Promise.resolve(randomUUID()) };

  const sayUntilInput = async (context: Context, first: Cursor | undefined): Promise<readonly Said[]> => {
    const resolver = new floip.ResourceResolver(context);
    const textOf = (id: string): string => resolver.resolve(id).getText();
    const said: Said[] = [];
    let cursor = first;
    while (cursor !== undefined) {
      const { config } = cursor.prompt;
      const choices = (config.choices ?? []).map((choice) => textOf(choice.value));
      said.push({ text: textOf(config.prompt), choices });
      if (config.kind !== 'Message') break;
      // a message waits for nothing but the host having shown it
      cursor = await cursor.prompt.fulfill(null);
    }
    return said;
  };
  const keep = (context: Context, said: readonly Said[]): Stepped => {
    const { flows: _flows, resources: _resources, ...rest } = context;
    return { stored: JSON.stringify(rest), said };
  };
  return {
    name: 'FLOIP flow-runner',
    version: versionOf('@floip/flow-runner'),
    kind: 'dialogue engine',
    start: async (language) => {
      const { flows, resources } = container;
      const context = await floip.createContextDataObjectFor(
        CONTACT,
        [],
        'user',
        'organisation',
        flows,
        language,
        MODE,
        resources,
        ids,
      );
      const runner = new floip.FlowRunner(context, store, ids);
      return keep(context, await sayUntilInput(context, await runner.run()));
    },
    step: async (stored, answer) => {
      const parsed: unknown = JSON.parse(stored);
      if (!isStoredContext(parsed)) throw new Error('FLOIP: unreadable context');
      const context = { ...parsed, ...container };
      const runner = new floip.FlowRunner(context, store, ids);
      const { prompt } = runner.hydrateRichCursorFrom(context);
      const value = valueOf(prompt, answer);
      if (isAccepted(prompt, value))
        return keep(context, await sayUntilInput(context, await prompt.fulfill(value)));
      const retry = prompt.block?.vendor_metadata?.retry ?? prompt.config.prompt;
      const text = new floip.ResourceResolver(context).resolve(retry).getText();
      return keep(context, [{ text, choices: [] }]);
    },
  };
}

/** The runner itself checks nothing when a context comes back, so neither does this more than the type needs. */
function isStoredContext(value: unknown): value is StoredContext {
  return typeof value === 'object' && value !== null && 'language_id' in value;
}

function valueOf(prompt: Prompt, answer: Answer): unknown {
  if (answer.kind === 'tap') return answer.id;
  return prompt.config.kind === 'Numeric' ? Number(answer.text) : answer.text;
}

function isAccepted(prompt: Prompt, value: unknown): boolean {
  try {
    return prompt.validate(value);
  } catch {
    return false;
  }
}
