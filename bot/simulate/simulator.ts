/**
 * A conversation one can look into, take back, and set at any place and time. Pure: the same steps give the same run, in the
 * terminal, in a test, and in a browser beside an editor's page.
 */
import type { Assets } from '../content/assets.ts';
import type { BotEvent, Choice } from '../engine/events.ts';
import { openDraft } from '../engine/draft.ts';
import { settle } from '../engine/reading.ts';
import { startFlow } from '../engine/run.ts';
import { readSession, type Session, type SlotValue, startSession } from '../engine/session.ts';
import { takeTurn } from '../engine/turn.ts';
import type { TurnInput, World } from '../engine/world.ts';
import { readAnswer } from '../flow/read-answer.ts';
import type { SlotDeclaration } from '../flow/slots.ts';
import { readDuration, readMoment } from './clock.ts';

export interface SimulatorOptions {
  assets: Assets;
  /** BCP 47 */
  language: string;
  staffed: boolean;
  /** what the channel can show */
  can: World['can'];
  /** when the run begins */
  now: Date;
}

/** One thing that was done, and what came of it. */
export interface SimulatorStep {
  /** null: set by hand (`goto`, `set`), not done by a person */
  input: TurnInput | null;
  events: readonly BotEvent[];
  now: Date;
  staffed: boolean;
}

export interface SimulatorState {
  session: Session;
  now: Date;
  staffed: boolean;
  /** of the newest message that has any */
  choices: readonly Choice[];
}

export type Outcome =
  | { kind: 'done'; events: readonly BotEvent[] }
  /** nothing was changed; `why` can be shown */
  | { kind: 'refused'; why: string };

export interface Simulator {
  /** What a person does. */
  take: (input: TurnInput) => readonly BotEvent[];
  /** Takes the last step back, any number of times. False when nothing is left. */
  back: () => boolean;
  /** Stands at a flow (its start when no node is named), as if the person had come there. */
  goto: (flow: string, node: string | null) => Outcome;
  /** Puts a value into a slot, read by its type; an empty text empties it. */
  set: (slot: string, text: string) => Outcome;
  /** `02:00` or `2026-12-24 02:00`, Vietnam time; never backwards within a run. */
  at: (text: string) => Outcome;
  /** Lets time pass; a question that waits for less goes on by its silence. */
  wait: (text: string) => Outcome;
  duty: (staffed: boolean) => void;
  language: (tag: string) => Outcome;
  state: () => SimulatorState;
  steps: () => readonly SimulatorStep[];
}

/** How fast people write here: time goes on by itself between two things that are done. */
const BETWEEN_STEPS_MS = 30_000;

export function openSimulator(options: SimulatorOptions): Simulator {
  const { assets } = options;
  let state: SimulatorState = {
    session: startSession(options.language),
    now: options.now,
    staffed: options.staffed,
    choices: [],
  };
  let count = 0;
  const earlier: SimulatorState[] = [];
  const steps: SimulatorStep[] = [];

  const world = (now: Date): World => ({
    now,
    // counted, so that the same steps give the same ids
    newId: () => `m${String((count += 1))}`,
    staffed: state.staffed,
    muted: false,
    can: options.can,
  });

  const keep = (next: Partial<SimulatorState>, step: Omit<SimulatorStep, 'now' | 'staffed'>): void => {
    earlier.push(state);
    const asked = step.events.findLast(
      (event) => event.type === 'message_created' && event.choices.length > 0,
    );
    const choices = asked?.type === 'message_created' ? asked.choices : state.choices;
    state = { ...state, choices, ...next };
    steps.push({ ...step, now: state.now, staffed: state.staffed });
  };

  const run = (input: TurnInput, now: Date): readonly BotEvent[] => {
    const turn = takeTurn(assets, state.session, input, world(now));
    keep({ session: asStored(turn.session), now }, { input, events: turn.events });
    return turn.events;
  };

  const pass = (now: Date): Outcome => {
    const { waiting } = state.session;
    if (waiting !== null && new Date(waiting).getTime() <= now.getTime())
      return { kind: 'done', events: run({ kind: 'silence', until: waiting }, now) };
    keep({ now }, { input: null, events: [] });
    return { kind: 'done', events: [] };
  };

  return {
    take: (input) => run(input, new Date(state.now.getTime() + (steps.length === 0 ? 0 : BETWEEN_STEPS_MS))),
    back: () => {
      const last = earlier.pop();
      if (last === undefined) return false;
      state = last;
      steps.pop();
      return true;
    },
    goto: (flow, node) => {
      const found = assets.flows.get(flow);
      if (found === undefined)
        return refuse(`there is no flow "${flow}"; there are: ${[...assets.flows.keys()].join(', ')}`);
      if (node !== null && !found.nodes.has(node))
        return refuse(`"${flow}" has no node "${node}"; it has: ${[...found.nodes.keys()].join(', ')}`);
      const draft = openDraft(assets, { ...state.session, greeted: true }, world(state.now));
      settle(draft, startFlow(draft, flow, node));
      keep({ session: asStored(draft.session) }, { input: null, events: draft.events });
      return { kind: 'done', events: draft.events };
    },
    set: (slot, text) => {
      const value = readValue(assets, slot, text, state.now);
      if (value.kind === 'refused') return value;
      const { [slot]: _old, ...others } = state.session.slots;
      const slots = value.value === null ? others : { ...others, [slot]: value.value };
      keep(
        { session: { ...state.session, slots } },
        { input: null, events: [{ type: 'slot_changed', slot }] },
      );
      return { kind: 'done', events: [{ type: 'slot_changed', slot }] };
    },
    at: (text) => {
      const now = readMoment(text, state.now);
      if (now === null) return refuse(`"${text}" is no time; write 02:00 or 2026-12-24 02:00`);
      if (now.getTime() < state.now.getTime()) return refuse('time does not run backwards; use /back');
      return pass(now);
    },
    wait: (text) => {
      const ms = readDuration(text);
      return ms === null
        ? refuse(`"${text}" is no length of time; write 15m, 2h or 1d`)
        : pass(new Date(state.now.getTime() + ms));
    },
    duty: (staffed) => keep({ staffed }, { input: null, events: [] }),
    language: (tag) => {
      if (!assets.languages.includes(tag))
        return refuse(`"${tag}" is not served; there are: ${assets.languages.join(', ')}`);
      keep(
        { session: { ...state.session, language: tag, languageKnown: true } },
        { input: null, events: [{ type: 'language_changed', language: tag }] },
      );
      return { kind: 'done', events: [] };
    },
    state: () => state,
    steps: () => steps,
  };
}

function refuse(why: string): { kind: 'refused'; why: string } {
  return { kind: 'refused', why };
}

/** What is stored is JSON: a session that does not survive it would differ in production. */
function asStored(session: Session): Session {
  const stored = readSession(JSON.parse(JSON.stringify(session)));
  if (stored.kind === 'unreadable') throw new Error('the session does not survive being stored');
  return stored.session;
}

function readValue(
  assets: Assets,
  slot: string,
  text: string,
  now: Date,
): { kind: 'value'; value: SlotValue | null } | { kind: 'refused'; why: string } {
  const declaration = declarationOf(assets, slot);
  if (declaration === null) return refuse(`no flow declares a slot "${slot}"`);
  if (text.trim() === '') return { kind: 'value', value: null };
  if (declaration === 'flag')
    return ['true', 'false'].includes(text)
      ? { kind: 'value', value: text === 'true' }
      : refuse(`${slot} is yes or no: write true or false`);
  if (declaration === 'choice' || declaration === 'voice') return { kind: 'value', value: text };
  const answer = readAnswer(assets, declaration, text, now);
  return answer.kind === 'read'
    ? { kind: 'value', value: answer.value }
    : refuse(
        `"${text}" cannot be read as ${typeof declaration === 'string' ? declaration : declaration.type}`,
      );
}

function declarationOf(assets: Assets, slot: string): SlotDeclaration | null {
  for (const flow of assets.flows.values()) {
    const found = flow.slots[slot];
    if (found !== undefined) return found;
  }
  return null;
}
