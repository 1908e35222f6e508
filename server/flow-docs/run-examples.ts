/** Runs the examples as a person would meet them, to see which events each kind of node really gives. */
import { type Assets, type BotEventType, NODE_KINDS, type NodeKind, openSimulator } from '../../bot/index.ts';
import { EXAMPLES, phraseOf } from './examples.ts';

/** The day on which all examples of the page happen; nothing in it depends on when it is written. */
export const EXAMPLE_DAY = new Date('2026-11-25T03:00:00Z');

/** In plain words what each event tells the server. */
export const EVENT_MEANINGS: Readonly<Record<BotEventType, string>> = {
  message_created: 'something is said: key, final text, choices, recording',
  slot_changed: 'a slot was filled or emptied; only its name is told',
  node_entered: 'a node was reached',
  path_taken: 'a node was left, by which exit and to which node; counted, without what was said',
  wait_started: 'a question waits until a certain time',
  session_migrated: 'somebody was led over from an earlier version, or there was nothing to go on with',
  language_changed: 'the language is another one now',
  not_understood:
    'a text was neither an answer nor a wish; whether editors may see its wording, never the text itself',
  mode_changed: 'quiet mode began or ended',
  danger_raised: 'the scan found danger in what was written',
  danger_cleared: 'the person said plainly that nothing is wrong',
  handover_requested: 'a counsellor must look at this, and why',
  handover_withdrawn: 'the person does not want a counsellor any more',
  offer_checked: 'an offer or a company was checked: level, signs, rows of the register',
  question_answered: 'a question of a lesson was answered, rightly or not',
  lesson_finished: 'a lesson came to its end',
  erase_requested: 'everything about the person is to be deleted now',
  flow_ended: 'a flow came to its end, and by which name',
  session_ended: 'the person stopped',
  turn_failed: 'a fault of ours; the person got an answer and numbers all the same',
};

/**
 * @param assets content with the examples in it
 * @returns for each kind the events its nodes gave in its example, in the order they first came
 * @throws Error when an example never reaches a node of its kind
 */
export function eventsOfKinds(assets: Assets): ReadonlyMap<NodeKind, readonly BotEventType[]> {
  return new Map(NODE_KINDS.map((kind) => [kind, eventsOf(assets, kind)]));
}

function eventsOf(assets: Assets, kind: NodeKind): readonly BotEventType[] {
  const chat = openSimulator({
    assets,
    language: 'vi',
    staffed: true,
    can: { audio: true, buttons: true, location: true },
    now: EXAMPLE_DAY,
  });
  const kindAt = (flow: string, node: string): NodeKind | null =>
    assets.flows.get(flow)?.nodes.get(node)?.kind ?? null;
  const inputs = [
    { kind: 'text', text: phraseOf(kind), forwarded: false } as const,
    ...EXAMPLES[kind].inputs,
  ];
  const found = new Set<BotEventType>();
  let here: NodeKind | null = null;
  // what comes after a flow ended belongs to the node that ran it, which is named by the way it takes
  let after: BotEventType[] | null = null;
  for (const input of inputs)
    for (const event of chat.take(input)) {
      if (event.type === 'node_entered' || event.type === 'path_taken') {
        here = kindAt(event.flow, event.node);
        if (here === kind) for (const type of after ?? []) found.add(type);
        after = null;
      }
      if (after !== null) after.push(event.type);
      else if (here === kind) found.add(event.type);
      if (event.type === 'flow_ended') after = [];
    }
  if (found.size === 0) throw new Error(`the example of ${kind} never reaches a node of that kind`);
  return [...found];
}
