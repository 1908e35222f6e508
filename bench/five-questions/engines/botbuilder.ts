/**
 * Bot Framework dialogs on the script: one waterfall with its prompts, `ConversationState` over a storage that keeps text.
 * Texts come from a plain table: its language generation is a package of its own (botbuilder-lg), left out here.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { loadPackage, versionOf } from '../packages.ts';
import {
  type Answer,
  type ChoiceQuestion,
  type Language,
  MAX_PEOPLE,
  MIN_PEOPLE,
  type Said,
  type ScriptEngine,
  type Stepped,
} from '../script.ts';
import type { Texts } from '../texts.ts';

interface Activity {
  text?: string;
  suggestedActions?: { actions: readonly { title: string }[] };
}
interface TurnContext {
  sendActivity: (text: string) => Promise<unknown>;
}
interface Options {
  language: Language;
}
interface Step {
  context: TurnContext;
  options: Options;
  values: Record<string, string>;
  result: unknown;
  prompt: (dialog: string, options: object) => Promise<unknown>;
  endDialog: () => Promise<unknown>;
}
interface DialogContext {
  continueDialog: () => Promise<unknown>;
  beginDialog: (id: string, options: Options) => Promise<unknown>;
}
interface Dialogs {
  add: (dialog: object) => Dialogs;
  createContext: (context: TurnContext) => Promise<DialogContext>;
}
interface ConversationState {
  createProperty: (name: string) => object;
  saveChanges: (context: TurnContext) => Promise<void>;
}
interface Recognised {
  recognized: { succeeded: boolean; value?: number | string };
}
interface ChoicePrompt {
  style: number;
}
type Validator = (prompt: Recognised) => Promise<boolean>;

const CoreSchema = z.object({
  TurnContext: z.custom<new (adapter: object, activity: object) => TurnContext>(isFunction),
  ConversationState: z.custom<new (storage: object) => ConversationState>(isFunction),
});
const DialogsSchema = z.object({
  DialogSet: z.custom<new (property: object) => Dialogs>(isFunction),
  WaterfallDialog:
    z.custom<new (id: string, steps: readonly ((step: Step) => Promise<unknown>)[]) => object>(isFunction),
  ChoicePrompt: z.custom<new (id: string) => ChoicePrompt>(isFunction),
  NumberPrompt: z.custom<new (id: string, validator: Validator, locale: string) => object>(isFunction),
  TextPrompt: z.custom<new (id: string, validator?: Validator) => object>(isFunction),
  ListStyle: z.object({ suggestedAction: z.number() }),
});

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/**
 * `recogniser`: the framework's own number prompt, which also understands numbers written as words.
 * `digits`: a text prompt with a validator, which reads digits as the other engines do and costs far less.
 */
export type NumberReading = 'recogniser' | 'digits';

const CHANNEL = 'bench';
const CONVERSATION = 'conversation';
const SCRIPT = 'five-questions';

export function createBotbuilder(texts: Texts, numbers: NumberReading): ScriptEngine {
  const core = loadPackage('botbuilder-core', CoreSchema);
  const storage = createStorage();
  const state = new core.ConversationState(storage);
  const dialogs = buildDialogs(state, texts, numbers);

  const turn = async (
    activity: object,
    run: (dialog: DialogContext) => Promise<unknown>,
  ): Promise<Stepped> => {
    const said: Said[] = [];
    const context = new core.TurnContext(createAdapter(said), {
      type: 'message',
      id: randomUUID(),
      channelId: CHANNEL,
      conversation: { id: CONVERSATION },
      from: { id: 'person' },
      recipient: { id: 'bot' },
      ...activity,
    });
    await run(await dialogs.createContext(context));
    await state.saveChanges(context);
    return { stored: storage.take(), said };
  };
  return {
    name: `Bot Framework dialogs, ${numbers === 'digits' ? 'digits read' : 'number recogniser'}`,
    version: versionOf('botbuilder-dialogs'),
    kind: 'dialogue engine',
    start: (language) => {
      storage.put(null);
      return turn({ text: '' }, (dialog) => dialog.beginDialog(SCRIPT, { language }));
    },
    step: (stored, answer) => {
      storage.put(stored);
      return turn({ text: textOf(answer) }, (dialog) => dialog.continueDialog());
    },
  };
}

/** An `imBack` button writes its value as a message. */
function textOf(answer: Answer): string {
  return answer.kind === 'tap' ? answer.id : answer.text;
}

function buildDialogs(state: ConversationState, texts: Texts, numbers: NumberReading): Dialogs {
  const library = loadPackage('botbuilder-dialogs', DialogsSchema);
  const choice = new library.ChoicePrompt('choice');
  choice.style = library.ListStyle.suggestedAction;
  const isPeople: Validator = ({ recognized: { succeeded, value } }) =>
    Promise.resolve(succeeded && Number(value) >= MIN_PEOPLE && Number(value) <= MAX_PEOPLE);
  // the recogniser knows no Vietnamese; digits it reads the same way in every language
  const people =
    numbers === 'digits'
      ? new library.TextPrompt('number', isPeople)
      : new library.NumberPrompt('number', isPeople, 'en-us');
  return new library.DialogSet(state.createProperty('dialogs'))
    .add(new library.WaterfallDialog(SCRIPT, waterfall(texts)))
    .add(choice)
    .add(people)
    .add(new library.TextPrompt('text'));
}

function waterfall(texts: Texts): readonly ((step: Step) => Promise<unknown>)[] {
  const textIn = (step: Step, name: string): string => texts.render(step.options.language, name, step.values);
  const choose = (step: Step, name: ChoiceQuestion): Promise<unknown> => {
    const choices = texts
      .choices(step.options.language, name)
      .map(({ id, label }) => ({ value: id, action: { type: 'imBack', title: label, value: id } }));
    return step.prompt('choice', { prompt: textIn(step, name), choices });
  };
  const keep = (step: Step, slot: string): void => {
    const { result } = step;
    const isChoice = typeof result === 'object' && result !== null && 'value' in result;
    step.values[slot] = String(isChoice ? result.value : result);
  };
  return [
    async (step) => {
      await step.context.sendActivity(textIn(step, 'hello'));
      return choose(step, 'contract');
    },
    (step) => {
      keep(step, 'contract');
      return choose(step, 'work');
    },
    (step) => {
      keep(step, 'work');
      return step.prompt('number', {
        prompt: textIn(step, 'people'),
        retryPrompt: textIn(step, 'people-again'),
      });
    },
    (step) => {
      keep(step, 'people');
      return step.prompt('text', { prompt: textIn(step, 'site') });
    },
    (step) => {
      keep(step, 'site');
      return choose(step, 'fare');
    },
    async (step) => {
      keep(step, 'fare');
      await step.context.sendActivity(textIn(step, step.values['fare'] === 'me' ? 'fare-me' : 'fare-firm'));
      await step.context.sendActivity(textIn(step, 'closing'));
      return step.endDialog();
    },
  ];
}

/** A storage as the framework asks for it, holding the one conversation of the running step as text. */
function createStorage(): {
  read: (keys: readonly string[]) => Promise<Record<string, unknown>>;
  write: (changes: Readonly<Record<string, unknown>>) => Promise<void>;
  delete: () => Promise<void>;
  put: (stored: string | null) => void;
  take: () => string;
} {
  let kept: string | null = null;
  return {
    read: ([key]) => {
      const state: unknown = kept === null ? undefined : JSON.parse(kept);
      return Promise.resolve(key === undefined || state === undefined ? {} : { [key]: state });
    },
    write: (changes) => {
      kept = JSON.stringify(Object.values(changes)[0]);
      return Promise.resolve();
    },
    delete: () => {
      kept = null;
      return Promise.resolve();
    },
    put: (stored) => {
      kept = stored;
    },
    take: () => {
      if (kept === null) throw new Error('Bot Framework: nothing was stored');
      return kept;
    },
  };
}

function createAdapter(said: Said[]): object {
  return {
    sendActivities: (_context: TurnContext, activities: readonly Activity[]) => {
      for (const { text, suggestedActions } of activities)
        said.push({ text: text ?? '', choices: (suggestedActions?.actions ?? []).map(({ title }) => title) });
      return Promise.resolve(activities.map(() => ({ id: randomUUID() })));
    },
  };
}
