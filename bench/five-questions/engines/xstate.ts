/**
 * XState on the script: a state machine, no dialogue engine. Texts, re-asking and rendering are ours around it, from a plain table.
 * One actor per message, restored from its persisted snapshot: measured faster than the pure transition functions.
 */
import { z } from 'zod';
import { loadPackage, versionOf } from '../packages.ts';
import {
  hasChoices,
  type Language,
  MAX_PEOPLE,
  MIN_PEOPLE,
  type Said,
  type ScriptEngine,
  type Stepped,
} from '../script.ts';
import type { Texts } from '../texts.ts';

interface Context {
  language: Language;
  answers: Readonly<Record<string, string>>;
}
interface AnswerEvent {
  type: 'ANSWER';
  value: string;
}
interface Args {
  context: Context;
  event: AnswerEvent;
}
type SayAction = (args: { context: Context }, params: { name: string }) => void;
interface Machine {
  provide: (implementations: { actions: { say: SayAction } }) => Machine;
}
interface Actor {
  start: () => void;
  send: (event: AnswerEvent) => void;
  getPersistedSnapshot: () => object;
}
type CreateMachine = (config: object) => Machine;
type Assign = (change: (args: Args) => Partial<Context>) => object;
type CreateActor = (
  machine: Machine,
  options: { input: { language: Language } } | { snapshot: object },
) => Actor;

const PackageSchema = z.object({
  createMachine: z.custom<CreateMachine>(isFunction),
  createActor: z.custom<CreateActor>(isFunction),
  assign: z.custom<Assign>(isFunction),
});

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

export function createXstate(texts: Texts): ScriptEngine {
  const { createMachine, createActor, assign } = loadPackage('xstate', PackageSchema);
  let said: Said[] = [];
  const machine = createMachine(machineConfig(assign)).provide({
    actions: { say: ({ context }, { name }) => void said.push(sayOne(texts, context, name)) },
  });
  const run = (actor: Actor, event: AnswerEvent | null): Promise<Stepped> => {
    said = [];
    actor.start();
    if (event !== null) actor.send(event);
    return Promise.resolve({ stored: JSON.stringify(actor.getPersistedSnapshot()), said });
  };
  return {
    name: 'XState',
    version: versionOf('xstate'),
    kind: 'state machine',
    start: (language) => run(createActor(machine, { input: { language } }), null),
    step: (stored, answer) => {
      const snapshot: unknown = JSON.parse(stored);
      // XState itself checks nothing when a snapshot comes back, so neither does this more than the type needs
      if (typeof snapshot !== 'object' || snapshot === null) throw new Error('XState: unreadable snapshot');
      const value = answer.kind === 'tap' ? answer.id : answer.text;
      return run(createActor(machine, { snapshot }), { type: 'ANSWER', value });
    },
  };
}

function sayOne(texts: Texts, { language, answers }: Context, name: string): Said {
  const choices = hasChoices(name) ? texts.choices(language, name).map((choice) => choice.label) : [];
  return { text: texts.render(language, name, answers), choices };
}

function machineConfig(assign: Assign): object {
  const say = (name: string): object => ({ type: 'say', params: { name } });
  const keep = (slot: string): object =>
    assign(({ context, event }) => ({ answers: { ...context.answers, [slot]: event.value } }));
  const to = (target: string, slot: string): object => ({ target, actions: keep(slot) });
  const is =
    (wanted: string) =>
    ({ event }: Args): boolean =>
      event.value === wanted;
  const isPeople = ({ event }: Args): boolean => {
    const people = Number(event.value);
    return Number.isInteger(people) && people >= MIN_PEOPLE && people <= MAX_PEOPLE;
  };
  return {
    id: 'five-questions',
    context: ({ input }: { input: { language: Language } }): Context => ({
      language: input.language,
      answers: {},
    }),
    initial: 'contract',
    entry: say('hello'),
    states: {
      contract: { entry: say('contract'), on: { ANSWER: to('work', 'contract') } },
      work: { entry: say('work'), on: { ANSWER: to('people', 'work') } },
      people: {
        entry: say('people'),
        on: { ANSWER: [{ ...to('site', 'people'), guard: isPeople }, { actions: say('people-again') }] },
      },
      site: { entry: say('site'), on: { ANSWER: to('fare', 'site') } },
      fare: {
        entry: say('fare'),
        on: {
          ANSWER: [
            { ...to('fareMe', 'fare'), guard: is('me') },
            { ...to('fareFirm', 'fare'), guard: is('firm') },
          ],
        },
      },
      fareMe: { entry: say('fare-me'), always: 'closing' },
      fareFirm: { entry: say('fare-firm'), always: 'closing' },
      closing: { type: 'final', entry: say('closing') },
    },
  };
}
