/** Stories inside lessons: moments with choices, each with what comes of it, that lead on, aside, or back to the same moment. */
import { z } from 'zod';

export const IdSchema = z.string().regex(/^[a-z][a-z0-9-]*$/);

/** Where an option leads besides another moment: to the end of the story, or back to the moment it stands in. */
const END = 'end';
const AGAIN = 'again';

/** Each `describe` is read in docs/flow-language.md. */
export const MomentSchema = z.strictObject({
  id: IdSchema.describe('The name of the moment; its text is the heading of that name.'),
  options: z
    .record(IdSchema, IdSchema)
    .describe(
      'What one can do, and where it leads: another moment, `again` (told what it would cost, then asked once more) or `end`.',
    ),
  safe: IdSchema.describe('The option that keeps the way back open. It never leads `again`.'),
  write: IdSchema.optional().describe(
    'Where it leads when the person writes the answer in words of their own; they are read by nobody and not kept.',
  ),
});

export type Target = { kind: 'again' } | { kind: 'end' } | { kind: 'moment'; index: number };

export interface Moment {
  kind: 'moment';
  /** heading of its text */
  id: string;
  options: readonly string[];
  safe: string;
  /** heading of a part of this moment: `option a`, `after a`, `own` */
  heading: (part: string) => string;
  /** id of the button for an option: it names its moment, so that a tap on an older one does not answer the next */
  choiceId: (option: string) => string;
  leadsTo: (option: string) => Target;
  /** where own words lead; null = none are taken here */
  write: Target | null;
}

type MomentData = z.infer<typeof MomentSchema>;

export function momentsOf(story: readonly MomentData[]): readonly Moment[] {
  const targetOf = (name: string | undefined): Target => {
    if (name === END) return { kind: 'end' };
    const index = story.findIndex(({ id }) => id === name);
    return index < 0 ? { kind: 'again' } : { kind: 'moment', index };
  };
  return story.map(({ id, options, safe, write }) => ({
    kind: 'moment',
    id,
    options: Object.keys(options),
    safe,
    heading: (part) => `${id} ${part}`,
    choiceId: (option) => `${id}-${option}`,
    leadsTo: (option) => targetOf(options[option]),
    write: write === undefined ? null : targetOf(write),
  }));
}

export interface StoryFault {
  /** place in the list */
  index: number;
  message: string;
  mend: string;
}

/** Whoever begins the story comes to its end, whatever they choose, and by the safe choices without being led back. */
export function lintStory(story: readonly MomentData[]): readonly StoryFault[] {
  const faults = story.flatMap((moment, index) =>
    lintMoment(story, moment).map((fault) => ({ index, ...fault })),
  );
  if (faults.length > 0) return faults;
  const next = (moment: MomentData): readonly string[] =>
    [...Object.values(moment.options), moment.write ?? AGAIN].filter((target) => target !== AGAIN);
  const reached = new Set<string>(story.slice(0, 1).map(({ id }) => id));
  for (const id of reached)
    for (const target of story.filter((one) => one.id === id).flatMap(next)) reached.add(target);
  const ending = new Set<string>([END]);
  for (let before = 0; before < ending.size;) {
    before = ending.size;
    for (const moment of story) if (next(moment).some((target) => ending.has(target))) ending.add(moment.id);
  }
  return story.flatMap(({ id }, index) => [
    ...(reached.has(id)
      ? []
      : [
          {
            index,
            message: `no choice leads to the moment "${id}"`,
            mend: 'lead an option there, or delete it',
          },
        ]),
    ...(ending.has(id)
      ? []
      : [
          {
            index,
            message: `from the moment "${id}" nobody comes to the end`,
            mend: 'lead an option to end',
          },
        ]),
    ...(endsBySafeChoices(story, id)
      ? []
      : [
          {
            index,
            message: `the safe choices from "${id}" run in a circle`,
            mend: 'let them lead to end, moment by moment',
          },
        ]),
  ]);
}

function lintMoment(
  story: readonly MomentData[],
  { id, options, safe, write }: MomentData,
): readonly Omit<StoryFault, 'index'>[] {
  const known = [END, AGAIN, ...story.map((moment) => moment.id)];
  const targets = [...Object.values(options), ...(write === undefined ? [] : [write])];
  return [
    ...targets
      .filter((target) => !known.includes(target))
      .map((target) => ({
        message: `"${id}" leads to "${target}", which does not exist`,
        mend: 'name a moment of this story, again, or end',
      })),
    ...(Object.keys(options).length < 2
      ? [{ message: `"${id}" leaves nothing to choose`, mend: 'give it two options or more' }]
      : []),
    ...([END, AGAIN].includes(id)
      ? [{ message: `"${id}" already means something else`, mend: 'name the moment otherwise' }]
      : []),
    ...((options[safe] ?? AGAIN) === AGAIN
      ? [{ message: `"${id}": the safe option leads nowhere`, mend: 'name an option that leads on' }]
      : []),
  ];
}

function endsBySafeChoices(story: readonly MomentData[], from: string): boolean {
  const seen = new Set<string>();
  for (let at = from; at !== END;) {
    const moment = story.find(({ id }) => id === at);
    if (moment === undefined || seen.has(at)) return false;
    seen.add(at);
    at = moment.options[moment.safe] ?? AGAIN;
  }
  return true;
}

/** The moments one passes by the safe choices, in order. */
export function straightWay(story: readonly Moment[]): readonly Moment[] {
  const way: Moment[] = [];
  let index: number | null = 0;
  while (index !== null && way.length < story.length) {
    const moment: Moment | undefined = story[index];
    if (moment === undefined) break;
    way.push(moment);
    const target = moment.leadsTo(moment.safe);
    index = target.kind === 'moment' ? target.index : null;
  }
  return way;
}
