/** The course for the staff: which modules there are, and a module played by the engine from the answers given so far. */
import {
  type Assets,
  type BotEvent,
  factText,
  type FlowNode,
  isSaid,
  type Lesson,
  openSimulator,
  referencesIn,
  type SimulatorState,
  type TurnInput,
} from '../../bot/index.ts';

const COURSE = 'officer-course';
/** not a module: looked up, never finished */
export const TABLE = 'what-changed';
/** What runs in the page. Whoever is led out of these wrote something the bot takes for more than an answer. */
const FLOWS: readonly string[] = [COURSE, TABLE, 'find-province'];
/** what only somebody in the bot needs: the way to a counsellor after words that may mean danger */
const NOT_HERE: readonly string[] = ['lesson.real'];
/** the page shows plain texts and buttons */
const CAN = { audio: false, buttons: true, location: false };

export interface Source {
  /** of registers/facts */
  id: string;
  /** what the texts say today: the fact, or what stands in while it is held or overdue */
  text: string;
  source: string;
  /** day it was read, `2026-11-22` */
  checked: string;
  isHeld: boolean;
}

export interface CourseModule {
  id: string;
  /** node of the course that asks for it: `meet`, `onward`, `keep` */
  group: string;
  title: string;
  minutes: number;
  /** everything its texts take from the register */
  sources: readonly Source[];
}

export type Answer = { tap: string } | { text: string };

export interface Said {
  text: string;
  choices: readonly { id: string; label: string }[];
}

export interface Played {
  /** what the last answer brought */
  said: readonly Said[];
  /** the module came to its end */
  finished: boolean;
  /** words of one's own are an answer now */
  takesText: boolean;
  /** the last answer would have left the module (danger, a word that works everywhere): it was not taken */
  strayed: boolean;
}

export interface Course {
  modules: (language: string, now: Date) => readonly CourseModule[];
  /** today's provinces with the names they had before */
  provinces: (language: string) => readonly { now: string; formerly: readonly string[] }[];
  /**
   * Plays a module, or the table of what changed, from its beginning: the same answers give the same texts, so nothing has
   * to be kept between two requests.
   * @returns null: there is no such module
   */
  play: (id: string, answers: readonly Answer[], language: string, now: Date) => Played | null;
}

export function createCourse(assets: Assets): Course {
  const starts = startsOf(assets);
  return {
    modules: (language, now) =>
      [...starts].flatMap(([id, { group }]) => {
        const lesson = assets.lessons.get(id);
        const title = lesson?.texts.get(language)?.title ?? lesson?.texts.get('vi')?.title;
        if (lesson === undefined || title === undefined || group === null) return [];
        const sources = sourcesOf(assets, lesson, language, now);
        return [{ id, group, title, minutes: lesson.minutes, sources }];
      }),
    provinces: (language) =>
      assets.provinces.map(({ name, formerly }) => ({
        now: language === 'en' ? name.en : name.vi,
        formerly,
      })),
    play: (id, answers, language, now) => {
      const start = starts.get(id);
      return start === undefined ? null : play(assets, start, answers, language, now);
    },
  };
}

interface Start {
  flow: string;
  node: string;
  group: string | null;
}

/** The modules in the order of the course, then the table. */
function startsOf(assets: Assets): ReadonlyMap<string, Start> {
  const nodes = [...(assets.flows.get(COURSE)?.nodes.values() ?? [])];
  // those with `next` are asked between two modules, so they are no group
  const groupOf = (id: string): string | null =>
    nodes.find(
      (node) => node.kind === 'ask' && Object.values(node.exits).includes(id) && !('next' in node.exits),
    )?.id ?? null;
  const modules = nodes.flatMap((node): readonly [string, Start][] =>
    node.kind === 'lesson' ? [[node.lesson, { flow: COURSE, node: node.id, group: groupOf(node.id) }]] : [],
  );
  const table = assets.flows.get(TABLE);
  return new Map([
    ...modules,
    ...(table === undefined ? [] : [[TABLE, { flow: TABLE, node: table.start, group: null }] as const]),
  ]);
}

function play(
  assets: Assets,
  start: Start,
  answers: readonly Answer[],
  language: string,
  now: Date,
): Played | null {
  const simulator = openSimulator({ assets, language, staffed: false, can: CAN, now });
  const begun = simulator.goto(start.flow, start.node);
  if (begun.kind === 'refused') return null;
  let events = begun.events;
  for (const answer of answers) {
    const next = simulator.take(inputOf(answer));
    if (hasStrayed(simulator.state(), next)) {
      simulator.back();
      return { ...describe(assets, start, simulator.state(), []), strayed: true };
    }
    events = next;
  }
  return describe(assets, start, simulator.state(), events);
}

function inputOf(answer: Answer): TurnInput {
  return 'tap' in answer
    ? { kind: 'choice', id: answer.tap }
    : { kind: 'text', text: answer.text, forwarded: false };
}

function hasStrayed({ session }: SimulatorState, events: readonly BotEvent[]): boolean {
  const top = session.place.at(-1);
  const isOver = events.some(({ type }) => type === 'flow_ended' || type === 'lesson_finished');
  return (
    events.some(
      ({ type }) => type === 'handover_requested' || type === 'turn_failed' || type === 'mode_changed',
    ) || (top === undefined ? !isOver : !FLOWS.includes(top.flow))
  );
}

function describe(
  assets: Assets,
  start: Start,
  { session }: SimulatorState,
  events: readonly BotEvent[],
): Played {
  const finished = events.some(({ type }) => type === 'lesson_finished');
  const said = events.flatMap((event): readonly Said[] => {
    if (event.type !== 'message_created' || NOT_HERE.includes(event.key)) return [];
    // what the course asks between two modules is asked by the page
    if (start.flow !== TABLE && event.key.startsWith(`${COURSE}.`)) return [];
    return [{ text: event.text, choices: event.choices.map(({ id, label }) => ({ id, label })) }];
  });
  const top = session.place.at(-1);
  const node = top === undefined ? undefined : assets.flows.get(top.flow)?.nodes.get(top.node);
  return { said, finished, takesText: takesText(assets, node, top?.step ?? 0), strayed: false };
}

function takesText(assets: Assets, node: FlowNode | undefined, step: number): boolean {
  if (node?.kind === 'ask') return node.slot !== undefined;
  if (node?.kind !== 'lesson') return false;
  const stop = assets.lessons.get(node.lesson)?.stops[step];
  return stop?.kind === 'moment' && stop.write !== null;
}

function sourcesOf(assets: Assets, { texts }: Lesson, language: string, now: Date): readonly Source[] {
  const said = [...(texts.get('vi')?.sections.values() ?? [])].join('\n');
  return [...new Set(referencesIn(said))].flatMap((id) => {
    const fact = assets.facts.get(id);
    if (fact === undefined) return [];
    const text = factText(fact, language, now);
    return [{ id, text, source: fact.source, checked: fact.checked, isHeld: !isSaid(fact, now) }];
  });
}
